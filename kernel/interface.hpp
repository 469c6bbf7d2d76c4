// Charge transfer between particles and electrolyte in impedance form, docs/theory/reaction.md (1), (2), (3), and hysteresis of the
// potential, docs/theory/reaction.md (4), (5).
//   r = p - U(theta, h) - (2RT/F) asinh(j / 2 j0) - R_film j = 0,  theta = theta~ - G j,
//   dj = (r + dp + S/(2c) dc) / Z,  Z = d nu/dj - G (dU/dtheta + d nu/dtheta).
// j > 0 leaves the particle; j0 = k g(theta) sqrt(c / c_ref theta (1 - theta)).
#pragma once
#include "electrolyte.hpp"
#include "particle.hpp"

namespace alloycell {

// In the exchange current density theta (1 - theta) is smoothed like the salt's concentration: it stays positive.
// The potential tables end in walls; iterates may leave 0..1 by `beyond` at most.
inline constexpr double least_room = 1e-7, beyond = 0.01;
template <class V> inline V room_root(V theta) {
  V room = theta * (1.0 - theta);
  return root(room * room + V(4.0 * least_room * least_room));
}

template <class V> struct Potential { V value, slope, gap; };  // gap = U_high - U_low

template <class V>
inline Potential<V> open_circuit(const Shape& shape, const Phase& phase, V theta, V h) {
  const OctavePlace<V> place = octave_place(theta);
  V low, low_slope;
  octave_value(shape.curves[phase.low], place, low, low_slope);
  if (phase.low == phase.high) return {low, low_slope, V(0.0)};
  V high, high_slope;
  octave_value(shape.curves[phase.high], place, high, high_slope);
  V up = 0.5 * (1.0 + h), down = 1.0 - up;
  return {down * low + up * high, down * low_slope + up * high_slope, high - low};
}

// Rate constant of the hysteresis state: Axen's, times Wycisk's power of the differential capacity.
template <class V>
inline V decay_rate(const Shape& shape, const Phase& phase, V decay, V exponent, V slope_scale, V theta, V h) {
  const Potential<V> u = open_circuit(shape, phase, theta, h);
  const V steep = larger(-u.slope, V(1e-6)) / slope_scale;
  return decay * exponential(exponent * logarithm(steep));
}

// h of one implicit step for the reaction j: h' = rate |j| (sign j - h); its slope by j.
template <class V> struct Turn { V h, by_j; };
template <class V> inline Turn<V> turned(V alpha, V rest, V rate, V j) {
  const V way = select(j < V(0.0), V(-1.0), V(1.0)), speed = rate * magnitude(j), per = 1.0 / (alpha + speed);
  const V h = (way * speed - rest) * per;
  return {h, rate * way * (way - h) * per};
}

// Everything one phase contributes at one register of nodes.
template <class S> struct Reaction {
  wide_of<S> thermal, k2, film, alpha, turn_rate, h_sign;  // RT/F, 4k^2/c_ref, ..., (w/2) decay/(F c R)
};

template <class S>
inline Reaction<S> reaction_of(const Design<S>& d, const Phase& phase, const PhaseNumbers<S>& q, const S& alpha, const S& current) {
  const S thermal = d.temperature * (gas_constant / faraday);
  S sign(0.0);
  if (phase.hysteresis == current_sign) {
    const S way = shape_side(*d.shape, phase) == negative_side ? current : -current;
    const S grown = exponential(smaller(larger(200.0 * way, S(-600.0)), S(600.0)));
    sign = (grown - 1.0) / (grown + 1.0);
  }
  return {spread(thermal), spread(S(4.0 * q.rate * q.rate / d.salt)), spread(q.film), spread(alpha),
          spread(S(0.5 * phase.mean_weight * flux_scale(q))), spread(sign)};
}

// Charge transfer of one phase at given content and reaction. drop = U + nu; slope = its derivative by theta.
template <class V> struct Transfer { V drop, by_j, slope, gap, reach, square; };

template <class S>
inline Transfer<wide_of<S>> transfer(const Shape& shape, const Phase& phase, const Reaction<S>& x, const NodeSalt<S>& salt,
                                     const wide_of<S>& theta, const wide_of<S>& h, const wide_of<S>& amperes, int i) {
  using V = wide_of<S>;
  const Potential<V> u = open_circuit(shape, phase, theta, h);
  V slack = room_root(theta), room = 0.5 * (theta * (1.0 - theta) + slack);
  V square = x.k2 * load(salt.soft + phase.node + i) * room, bend = 0.5 * (1.0 - 2.0 * theta) / slack;
  if (phase.exchange >= 0) {
    V shape_value, shape_slope;
    octave_value(shape.curves[phase.exchange], octave_place(theta), shape_value, shape_slope);
    square = square * shape_value * shape_value;
    bend += shape_slope / shape_value;
  }
  V q2 = root(amperes * amperes + square), sum = magnitude(amperes) + q2;
  V nu = x.thermal * logarithm(sum * sum / square);
  nu = select(amperes < V(0.0), -nu, nu);
  V by_j = 2.0 * x.thermal / q2, s = by_j * amperes;
  return {u.value + nu, by_j, u.slope - s * bend, u.gap, q2, square};
}

template <class S>
inline void react(const Design<S>& d, const Phase& phase, const Reaction<S>& x, const NodeSalt<S>& salt,
                  const S* p, const S* rest, const S* j, const S* decay, Points<S>& points, int i) {
  using V = wide_of<S>;
  const int at = phase.at + i;
  const Shape& shape = *d.shape;
  V amperes = load(j + at), answer = load(points.answer + at);
  V theta = load(points.start + at) - answer * amperes;
  Turn<V> turn{x.h_sign, V(0.0)};
  if (phase.hysteresis == one_state) {
    turn = turned(x.alpha, load(rest + phase.hysteresis_at + i), x.turn_rate * load(decay + at), amperes);
    store(points.h + at, turn.h);
  }
  const Transfer<V> f = transfer(shape, phase, x, salt, theta, turn.h, amperes, i);
  V z = f.by_j + x.film + 0.5 * f.gap * turn.by_j - answer * f.slope;
  z = larger(z, 0.05 * f.by_j);
  store(points.theta + at, theta);
  store(points.lack + at, load(p + phase.node + i) - f.drop - x.film * amperes);
  store(points.yield + at, 1.0 / z);
  store(points.salty + at, 0.5 * f.by_j * amperes * load(salt.soft_rate + phase.node + i));
  store(points.reach + at, f.reach);
  store(points.square + at, f.square);
}

// The change of j; lanes of nodes that would overshoot get a shorter one and are counted in `unsettled`.
//  - towards and past zero: the asinh form overshoots, so the step is taken in overpotential, linear past zero;
//  - theta may use up at most 90 % of its distance to the outermost values, just beyond 0 and 1.
template <class S>
inline void shorten(const Phase& phase, const S* j, Points<S>& points, wide_of<S> step, int i, mask_of<wide_of<S>>& unsettled) {
  using V = wide_of<S>;
  const int at = phase.at + i;
  V amperes = load(j + at), theta = load(points.theta + at), answer = load(points.answer + at);
  V q2 = load(points.reach + at);
  auto inward = both(step * amperes < V(0.0), magnitude(step) > 0.5 * q2);
  if (any(inward)) {
    V square = load(points.square + at), size = magnitude(amperes), nu = logarithm((size + q2) * (size + q2) / square) * 0.5;
    V left = nu - magnitude(step) / q2;
    V grown = exponential(left), target = root(square) * select(left < V(0.0), left, 0.5 * (grown - 1.0 / grown));
    target = select(amperes < V(0.0), -target, target);
    step = select(inward, target - amperes, step);
    unsettled = either(unsettled, inward);
  }
  V next = theta - answer * step;
  auto low = next + beyond < 0.1 * (theta + beyond), high = next > 0.9 * (1.0 + beyond) + 0.1 * theta;
  if (any(either(low, high))) {
    V floor = larger(answer, V(1e-30));
    step = select(low, 0.9 * (theta + beyond) / floor, step);
    step = select(high, -0.9 * (1.0 + beyond - theta) / floor, step);
    unsettled = either(unsettled, either(low, high));
  }
  store(points.step + at, step);
}

}  // namespace alloycell
