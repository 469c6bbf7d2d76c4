// A sealed film: a slab that exchanges at both faces and lets no ion pass, docs/theory/diffusion.md, section 4.
// Its outer face is a phase of the film's control volume, its inner one (radial kind inner_face) a phase of the control
// volume behind it, whose pores the film cuts off. One control volume each.
//   theta_o = start_o - G j_o - X j_i,  theta_i = start_i - X j_o - G j_i,
// with modes that are even or odd about the middle of the slab: +1 or -1 at the inner face for 1 at the outer one.
#pragma once
#include "newton.hpp"

namespace alloycell {

// start, G and X at both faces for one implicit step.
template <class S>
inline void slab_prepare(const Shape& shape, const Slab& slab, const PhaseNumbers<S>& q, const S& alpha, const S* rest,
                         RadialWork<S>& work, Points<S>& points) {
  const Phase &outer = shape.phases[slab.outer], &inner = shape.phases[slab.inner];
  const double* sign = outer.weight + outer.points;
  const S rate = q.diffusivity / (q.radius * q.radius), scale = flux_scale(q);
  S same(0.0), other(0.0), out(0.0), in(0.0);
  for (int k = 0; k < outer.points; ++k) {
    work.per[k] = 1.0 / (alpha + outer.lambda[k] * rate);
    const S gain = outer.weight[k] * work.per[k], held = work.per[k] * rest[outer.state_at + k * padded<S>(1)];
    same += gain, other += sign[k] * gain, out += held, in += sign[k] * held;
  }
  points.start[outer.at] = -out, points.start[inner.at] = -in;
  points.answer[outer.at] = points.answer[inner.at] = same * scale;
  points.across[outer.at] = points.across[inner.at] = other * scale;
}

// Both reactions at once: their two equations hang together through the slab and the hysteresis state it has in common.
template <class S>
inline void slab_react(const Design<S>& d, const Slab& slab, const Reaction<S>& x, const NodeSalt<S>& salt, const S* p,
                       const S* rest, const S* j, const S* decay, Points<S>& points) {
  using V = wide_of<S>;
  const Shape& shape = *d.shape;
  const Phase* const phase[2] = {&shape.phases[slab.outer], &shape.phases[slab.inner]};
  const int at[2] = {phase[0]->at, phase[1]->at};
  const V amperes[2] = {load(j + at[0]), load(j + at[1])};
  Turn<V> turn{x.h_sign, V(0.0)};
  if (phase[0]->hysteresis == one_state)
    turn = turned(x.alpha, load(rest + phase[0]->hysteresis_at), x.turn_rate * load(decay + at[0]), amperes[0] + amperes[1]);
  V own[2], cross[2], lack[2], by_j[2];
  for (int m = 0; m < 2; ++m) {
    const V same = load(points.answer + at[m]), other = load(points.across + at[m]);
    const V theta = load(points.start + at[m]) - same * amperes[m] - other * amperes[1 - m];
    const Transfer<V> f = transfer(shape, *phase[m], x, salt, theta, turn.h, amperes[m], 0);
    const V turning = 0.5 * f.gap * turn.by_j;
    by_j[m] = f.by_j;
    own[m] = f.by_j + x.film + turning - same * f.slope;
    cross[m] = turning - other * f.slope;
    lack[m] = load(p + phase[m]->node) - f.drop - x.film * amperes[m];
    store(points.theta + at[m], theta);
    store(points.salty + at[m], 0.5 * f.by_j * amperes[m] * load(salt.soft_rate + phase[m]->node));
    store(points.reach + at[m], f.reach);
    store(points.square + at[m], f.square);
  }
  for (int m = 0; m < 2; ++m) own[m] = larger(own[m], 0.05 * by_j[m]);
  const V per = 1.0 / larger(own[0] * own[1] - cross[0] * cross[1], 0.05 * by_j[0] * by_j[1]);
  for (int m = 0; m < 2; ++m) {
    const V other = cross[m] / own[1 - m];
    store(points.yield + at[m], own[1 - m] * per);
    store(points.cross + at[m], -cross[m] * per);
    store(points.lack + at[m], lack[m] - other * lack[1 - m]);
  }
}

// What the reaction at one face owes to the unknowns at the other, in the rows of salt and charge.
template <class S>
inline void slab_couple(const Design<S>& d, const Slab& slab, const Points<S>& points, Blocks<S>& k) {
  const Shape& shape = *d.shape;
  const double tau = (1.0 - shape.transference) / faraday;
  const int both[2] = {slab.outer, slab.inner};
  for (int m = 0; m < 2; ++m) {
    const Phase &mine = shape.phases[both[m]], &other = shape.phases[both[1 - m]];
    const int i = mine.node;
    const Coupling<S>& side = other.node < i ? k.left : k.right;
    const S yield = d.phase[both[m]].area * d.width[i] * points.cross[mine.at], salty = yield * points.salty[other.at];
    side.a[i] = side.a[i] - tau * salty;
    side.b[i] = side.b[i] - tau * yield;
    side.q[i] = side.q[i] + salty;
    side.d[i] = side.d[i] + yield;
  }
}

// Contents at both faces, modes and hysteresis once both reactions are known.
template <class S>
inline void slab_finish(const Shape& shape, const Slab& slab, const PhaseNumbers<S>& q, const Step<S>& step, const S* decay,
                        const RadialWork<S>& work, const Points<S>& points) {
  const Phase &outer = shape.phases[slab.outer], &inner = shape.phases[slab.inner];
  const double* sign = outer.weight + outer.points;
  const S scale = flux_scale(q);
  const S out = step.now[shape.tracked.j + outer.at], in = step.now[shape.tracked.j + inner.at];
  const S same = points.answer[outer.at], other = points.across[outer.at];
  step.now[shape.tracked.theta + outer.at] = points.start[outer.at] - same * out - other * in;
  step.now[shape.tracked.theta + inner.at] = points.start[inner.at] - other * out - same * in;
  for (int k = 0; k < outer.points; ++k) {
    const int at = outer.state_at + k * padded<S>(1);
    step.now[at] = -work.per[k] * (step.rest[at] + outer.weight[k] * scale * (out + sign[k] * in));
  }
  if (outer.hysteresis != one_state) return;
  const S rate = 0.5 * outer.mean_weight * scale * decay[outer.at];
  step.now[outer.hysteresis_at] = turned(step.alpha, step.rest[outer.hysteresis_at], rate, S(out + in)).h;
}

// No ion and no salt passes the face between the film and what lies behind it; electrons do.
template <class S> inline void slab_close(const Slab& slab, Faces<S>& f) {
  for (S* closed : {f.flow, f.flow_l, f.flow_r, f.ionic, f.ionic_l, f.ionic_r, f.gain, f.share}) closed[slab.face] = S(0.0);
}
template <class S> inline void slab_close_carry(const Slab& slab, Faces<S>& f) {
  for (S* closed : {f.carry, f.carry_l, f.carry_r}) closed[slab.face] = S(0.0);
}

}  // namespace alloycell
