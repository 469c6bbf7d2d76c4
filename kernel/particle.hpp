// Diffusion in particles and the response of their surface to the flux: theta = theta~ - G j, docs/theory/diffusion.md (4).
//
// modal: constant diffusivity. The amplitudes b_k are contributions to the surface value,
//   docs/theory/diffusion.md (3): b_k' = -lambda_k D/R^2 b_k - w_k j/(F c R), mean = b_0: exact in the mean, modes decouple.
// shells, docs/theory/diffusion.md (5), (6): diffusivity depends on theta. Finite volumes from the centre (or the inner face of a slab) to the surface,
//   refactored every iteration. A table gives their volumes, then for every face between two of them area over distance
//   and, last, the distance from the middle of the outermost to the surface: lengths in R, area 1 at the surface.
#pragma once
#include "mesh.hpp"

namespace alloycell {

inline constexpr int most_radial = 64;

// Arrays over (phase, node) places.
template <class S> struct Points {
  S *start, *answer;            // theta~ and G
  S *theta;                     // surface value
  S *lack, *yield, *salty;      // r, 1/Z, S/(2c)
  S *square, *reach;            // (2 j0)^2, sqrt(j^2 + (2 j0)^2)
  S *step;                      // change of j
  S *across, *cross;            // slabs: answer to the flux at the other face, change of j by p at the other face
  S *h;                         // hysteresis state
};

// Per phase: what one implicit step with rate `alpha` needs.
template <class S> struct RadialWork {
  S per[most_radial];   // modal: 1 / (alpha + lambda D/R^2)
  S *above, *right;     // shells: eliminated upper diagonal and right-hand side, [shell][node]
};

template <class S> inline S flux_scale(const PhaseNumbers<S>& q) { return 1.0 / (q.capacity * q.radius * faraday); }

template <class S>
inline void modal_prepare(const Phase& phase, const PhaseNumbers<S>& q, const S& alpha, const S* rest, RadialWork<S>& work,
                          Points<S>& points) {
  using V = wide_of<S>;
  const S rate = q.diffusivity / (q.radius * q.radius);
  S answer(0.0);
  for (int k = 0; k < phase.points; ++k) {
    work.per[k] = 1.0 / (alpha + phase.lambda[k] * rate);
    answer += phase.weight[k] * work.per[k];
  }
  answer = answer * flux_scale(q);
  const int stride = padded<S>(phase.nodes);
  for (int i = 0; i < stride; i += wide<S>::step) {
    V sum(0.0);
    for (int k = 0; k < phase.points; ++k) sum += spread(work.per[k]) * load(rest + phase.state_at + k * stride + i);
    store(points.start + phase.at + i, -sum);
    store(points.answer + phase.at + i, spread(answer));
  }
}

template <class S>
inline void modal_finish(const Phase& phase, const PhaseNumbers<S>& q, const S* rest, const S* j, const RadialWork<S>& work,
                         S* state) {
  using V = wide_of<S>;
  const S scale = flux_scale(q);
  const int stride = padded<S>(phase.nodes);
  for (int k = 0; k < phase.points; ++k) {
    const V gain = spread(work.per[k]), weight = spread(phase.weight[k] * scale);
    for (int i = 0; i < stride; i += wide<S>::step) {
      const int at = phase.state_at + k * stride + i;
      store(state + at, -gain * (load(rest + at) + weight * load(j + phase.at + i)));
    }
  }
}

// One Newton sweep from the centre outwards at the present `state`, for one register of nodes starting at i.
template <class S>
inline void shell_sweep(const Phase& phase, const PhaseNumbers<S>& q, const double* curve, const S& alpha, const S* rest,
                        const S* state, const S* j, RadialWork<S>& work, Points<S>& points, int i) {
  using V = wide_of<S>;
  const int stride = padded<S>(phase.nodes), last = phase.points - 1;
  const double *volumes = phase.lambda, *reaches = phase.weight;
  const V rate = spread(q.diffusivity / (q.radius * q.radius)), a = spread(alpha), scale = spread(flux_scale(q));
  const V amperes = load(j + phase.at + i);
  V flow(0.0), flow_in(0.0), flow_out(0.0), below(0.0), above(0.0), right(0.0);
  V here = load(state + phase.state_at + i);
  for (int m = 0; m <= last; ++m) {
    const double volume = volumes[m], reach = reaches[m];
    V diagonal = volume * a + flow_out;
    V lack = volume * (a * here + load(rest + phase.state_at + m * stride + i)) - flow;
    below = -flow_in;
    V next = here, d, slope;
    if (m < last) {
      next = load(state + phase.state_at + (m + 1) * stride + i);
      octave_value(curve, octave_place(0.5 * (here + next)), d, slope);
      const V gradient = reach * rate * (here - next), conduct = reach * rate * d;
      flow = gradient * d;
      flow_in = conduct + 0.5 * gradient * slope;     // by the inner value
      flow_out = conduct - 0.5 * gradient * slope;    // minus by the outer value
    } else {
      flow = scale * amperes;
      flow_in = V(0.0);
      flow_out = V(0.0);
    }
    diagonal += flow_in;
    lack += flow;
    const V per = 1.0 / (diagonal + below * above);
    right = (-lack - below * right) * per;
    above = flow_out * per;
    const int at = m * stride + i;
    store(work.above + at, above);
    store(work.right + at, right);
    if (m == last) {
      octave_value(curve, octave_place(here), d, slope);
      const V per_d = reach / (rate * d), bend = 1.0 + scale * amperes * per_d * slope / d;
      const V answer = scale * (bend * per + per_d);
      store(points.answer + phase.at + i, answer);
      store(points.start + phase.at + i, here - scale * amperes * per_d + bend * right + answer * amperes);
      store(work.right + (last + 1) * stride + i, per * scale);
    }
    here = next;
  }
}

// Change of all shells for the change of j just found, in the lanes where `one` is 1, for nodes from i on; the largest.
template <class S>
inline wide_of<S> shell_update(const Phase& phase, const RadialWork<S>& work, const Points<S>& points, S* state, const wide_of<S>& one, int i) {
  using V = wide_of<S>;
  const int stride = padded<S>(phase.nodes), last = phase.points - 1;
  V change = load(work.right + last * stride + i) - load(work.right + (last + 1) * stride + i) * load(points.step + phase.at + i);
  V most(0.0);
  for (int m = last; m >= 0; --m) {
    const int at = m * stride + i;
    if (m < last) change = load(work.right + at) + load(work.above + at) * change;
    most = larger(most, magnitude(change));
    S* const place = state + phase.state_at + at;
    store(place, load(place) + change * one);
  }
  return most;
}

// Surface value that belongs to the outermost shell and the flux, for nodes from i on.
template <class S>
inline wide_of<S> shell_surface(const Phase& phase, const PhaseNumbers<S>& q, const double* curve, const S* state, const S* j, int i) {
  using V = wide_of<S>;
  const int last = phase.points - 1;
  const V here = load(state + phase.state_at + last * padded<S>(phase.nodes) + i);
  V d, slope;
  octave_value(curve, octave_place(here), d, slope);
  const V rate = spread(q.diffusivity / (q.radius * q.radius));
  return here - spread(flux_scale(q)) * load(j + phase.at + i) * (phase.weight[last] / (rate * d));
}

}  // namespace alloycell
