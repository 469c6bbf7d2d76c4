// Figures of a state: means, potentials, the state a run starts from, the place where one ended.
#pragma once
#include <limits>
#include "staggered.hpp"

namespace alloycell {

template <class S> inline S mean_content(const Design<S>& d, const Phase& phase, const S* now) {
  using V = wide_of<S>;
  if (phase.radial == inner_face) return S(0.0);
  Total<S> sum, width;
  const int stride = padded<S>(phase.nodes);
  for (int i = 0; i < phase.nodes; i += wide<S>::step) {
    const V h = select(valid<S>(i, phase.nodes), load(d.width + phase.node + i), V(0.0));
    V here(0.0);
    if (phase.radial == modal) here = load(now + phase.state_at + i);
    else
      for (int k = 0; k < phase.points; ++k)
        here += phase.mean_weight * phase.lambda[k] * load(now + phase.state_at + k * stride + i);
    sum.add(i, h * here);
    width.add(i, h);
  }
  return sum.value() / width.value();
}

// All salt in the pores [mol/m2].
template <class S> inline S salt_amount(const Design<S>& d, const S* now) {
  using V = wide_of<S>;
  Total<S> sum;
  for (int i = 0; i < d.shape->n; i += wide<S>::step)
    sum.add(i, select(valid<S>(i, d.shape->n), load(d.storage + i) * load(now + d.shape->tracked.c + i), V(0.0)));
  return sum.value();
}

// Fastest change of the surface content of a phase [1/s] in one lane.
template <class S>
inline double surface_rate(const Shape& shape, const Phase& phase, const PhaseNumbers<S>& q, const S* now, int lane) {
  const double scale = get(flux_scale(q), lane), decay = get(q.diffusivity, lane) / (get(q.radius, lane) * get(q.radius, lane));
  const int stride = padded<S>(phase.nodes);
  double most = 0.0;
  for (int i = 0; i < phase.nodes; ++i) {
    const double flux = scale * get(now[shape.tracked.j + phase.at + i], lane);
    double rate = 0.0;
    for (int k = 0; k < phase.points; ++k)
      rate += phase.radial == modal ? phase.weight[k] * flux + phase.lambda[k] * decay * get(now[phase.state_at + k * stride + i], lane)
                                    : 6.0 * (k + 1) * flux;
    most = std::fmax(most, std::fabs(rate));
  }
  return most;
}

// What is told of a state beside current and voltage: salt, plating margin and its place, mean contents.
template <class S> struct Survey {
  S salt, margin, node;
  S* means;          // one a phase
  bool done = false;

  void of(const Design<S>& d, const S* now) {
    const Shape& shape = *d.shape;
    done = true;
    salt = salt_amount(d, now);
    margin = S(shape.n_negative ? std::numeric_limits<double>::infinity() : 0.0);
    node = S(0.0);
    for (int i = 0; i < shape.n_negative; ++i) {
      const S p = now[shape.tracked.p + i];
      node = select(p < margin, S(i), node);
      margin = smaller(p, margin);
    }
    for (std::size_t q = 0; q < shape.phases.size(); ++q) means[q] = mean_content(d, shape.phases[q], now);
  }
  template <class X> void copy(int lane, X* row) const {
    row[row_salt] = pick(salt, lane);
    row[row_margin] = pick(margin, lane);
    row[row_margin_node] = pick(node, lane);
  }
};

// Uniform salt, uniform particles, potentials at rest of each layer's first phase.
template <class S, class X> inline void initial_state(const Design<S>& d, const X* phases, int lane, S* first) {
  const Shape& shape = *d.shape;
  const Tracked& t = shape.tracked;
  for (int i = 0; i < t.total; ++i) put(first[i], lane, 0.0);
  for (int i = 0; i < shape.n; ++i) put(first[t.c + i], lane, pick(d.salt, lane));
  if (shape.thermal) put(first[t.temperature], lane, pick(d.heat.reference, lane));
  for (std::size_t q = shape.phases.size(); q-- > 0;) {
    const Phase& phase = shape.phases[q];
    const X theta = phases[q * phase_columns + phase_theta], h = phases[q * phase_columns + phase_h];
    const Potential<X> u = open_circuit<X>(shape, phase, theta, h);
    for (int i = 0; i < phase.nodes; ++i) {
      put(first[t.theta + phase.at + i], lane, theta);
      put(first[t.p + phase.node + i], lane, u.value);
      if (phase.hysteresis_at >= 0) put(first[phase.hysteresis_at + i], lane, h);
      const int filled = phase.radial == modal ? 1 : phase.points;
      for (int k = 0; k < filled; ++k) put(first[phase.state_at + k * padded<S>(phase.nodes) + i], lane, theta);
    }
  }
}

// Names the place where the salt ran out or, else, where a surface is used up fastest for the room it has left; the
// outcome says so where little is left there.
template <class S> inline void name_place(const Design<S>& d, const S* last, int lane, Door& door) {
  const Shape& shape = *d.shape;
  const Tracked& t = shape.tracked;
  double least = 0.02;
  for (int i = 0; i < shape.n; ++i) {
    const double share = get(last[t.c + i], lane) / get(d.salt, lane);
    if (share < least) least = share, door.outcome = salt_depleted, door.place_node = i;
  }
  if (door.outcome == salt_depleted) return;
  double fastest = 0.0, theta_there = 0.5;
  for (std::size_t q = 0; q < shape.phases.size(); ++q) {
    const Phase& phase = shape.phases[q];
    const double scale = get(flux_scale(d.phase[q]), lane);
    for (int i = 0; i < phase.nodes; ++i) {
      const double theta = get(last[t.theta + phase.at + i], lane), room = std::fmin(theta, 1 - theta);
      const double speed = scale * std::fabs(get(last[t.j + phase.at + i], lane)) / std::fmax(room, 1e-9);
      if (!(speed > fastest)) continue;
      fastest = speed, theta_there = theta;
      door.place_node = phase.node + i;
      door.place_phase = static_cast<int>(q);
    }
  }
  if (std::fmin(theta_there, 1 - theta_there) < 0.01) door.outcome = theta_there < 0.5 ? phase_empty : phase_full;
}

}  // namespace alloycell
