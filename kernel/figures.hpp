// Figures of a state: means, potentials, the state a run starts from, the place where one ended.
#pragma once
#include "protocol.hpp"

namespace alloycell {

template <class S> inline S mean_content(const Design<S>& d, const Phase& phase, const S* now) {
  S sum(0.0), width(0.0);
  const int stride = padded<S>(phase.nodes);
  for (int i = 0; i < phase.nodes; ++i) {
    const S h = d.width[phase.node + i];
    S here(0.0);
    if (phase.radial == modal) here = now[phase.state_at + i];
    else
      for (int k = 0; k < phase.points; ++k)
        here += phase.mean_weight * phase.lambda[k] * now[phase.state_at + k * stride + i];
    sum += h * here;
    width += h;
  }
  return sum / width;
}

// phi_s at the negative collector minus phi_e in the middle of the separator.
template <class S> inline S negative_potential(const Design<S>& d, const Faces<S>& f, const S* now) {
  const Shape& shape = *d.shape;
  const int nn = shape.n_negative, middle = nn + shape.n_separator / 2;
  if (!nn) return S(0.0);
  const S current = now[shape.tracked.current];
  S v = now[shape.tracked.p + nn - 1];
  for (int i = 1; i < nn; ++i) v -= (f.ionic[i] - current) * d.solid[i];
  for (int i = nn; i <= middle; ++i) v -= f.drop[i];
  return v;
}

// Uniform salt, uniform particles, potentials at rest of each layer's first phase.
template <class S> inline void initial_state(const Design<S>& d, const double* phases, int lane, S* first) {
  const Shape& shape = *d.shape;
  const Tracked& t = shape.tracked;
  for (int i = 0; i < t.total; ++i) put(first[i], lane, 0.0);
  for (int i = 0; i < shape.n; ++i) put(first[t.c + i], lane, get(d.salt, lane));
  for (std::size_t q = shape.phases.size(); q-- > 0;) {
    const Phase& phase = shape.phases[q];
    const double theta = phases[q * phase_columns + phase_theta], h = phases[q * phase_columns + phase_h];
    const Potential<double> u = open_circuit<double>(shape, phase, theta, h);
    for (int i = 0; i < phase.nodes; ++i) {
      put(first[t.theta + phase.at + i], lane, theta);
      put(first[t.p + phase.node + i], lane, u.value);
      if (phase.hysteresis_at >= 0) put(first[phase.hysteresis_at + i], lane, h);
      const int filled = phase.radial == modal ? 1 : phase.points;
      for (int k = 0; k < filled; ++k) put(first[phase.state_at + k * padded<S>(phase.nodes) + i], lane, theta);
    }
  }
}

// Names the place where the salt ran out or a phase came to its end, if one did.
template <class S> inline void name_place(const Design<S>& d, const S* last, int lane, Door& door) {
  const Shape& shape = *d.shape;
  const Tracked& t = shape.tracked;
  double least = 0.02;
  for (int i = 0; i < shape.n; ++i) {
    const double share = get(last[t.c + i], lane) / get(d.salt, lane);
    if (share < least) least = share, door.outcome = salt_depleted, door.place_node = i;
  }
  if (door.outcome == salt_depleted) return;
  least = 0.01;
  for (std::size_t q = 0; q < shape.phases.size(); ++q) {
    const Phase& phase = shape.phases[q];
    for (int i = 0; i < phase.nodes; ++i) {
      const double theta = get(last[t.theta + phase.at + i], lane), room = std::fmin(theta, 1 - theta);
      if (room >= least) continue;
      least = room;
      door.outcome = theta < 0.5 ? phase_empty : phase_full;
      door.place_node = phase.node + i;
      door.place_phase = static_cast<int>(q);
    }
  }
}

}  // namespace alloycell
