// Salt transport and charge transport between control volumes, with their derivatives: docs/theory/transport.md (4), (5), (6).
// Faces are numbered 0..n; face f lies left of control volume f; nothing passes faces 0 and n.
#pragma once
#include "mesh.hpp"

namespace alloycell {

// Fluxes through faces and their derivatives; L and R are the control volumes left and right.
template <class S> struct Faces {
  S *flow, *flow_l, *flow_r;            // diffusive flow (c_R - c_L)/resistance [mol/m2/s]
  S *ionic, *ionic_l, *ionic_r, *gain;  // i_e [A/m2], by c_L, c_R; gain = d i_e/d p_R = -d i_e/d p_L [S/m2]
  S *share;                             // d i_e/d I
  S *drop, *drop_l, *drop_r, *ohm;      // phi_e,R - phi_e,L at i_e = I [V], by c; ohm = resistance [ohm m2]
  S *carry, *carry_l, *carry_r;         // t+ - reference at the face, by c (varying t+ only)
};

// Properties at the control volumes.
template <class S> struct NodeSalt {
  S *diffusion, *diffusion_c;    // half resistance to diffusion and its derivative by c
  S *conduction, *conduction_c;  // half resistance to ions
  S *factor, *factor_c;          // (1 - t+) * thermodynamic factor
  S *number, *number_c;          // t+
  S *soft, *soft_rate;           // concentration in kinetics and its logarithm's derivative
};

// Where salt runs out (docs/theory/transport.md (11)), kinetics see s log(1 + exp(c/s)) in place of c (s in mol/m3): always positive, rising with c,
// equal to c within 1e-17 above 40 s. The overpotential then grows in proportion to -c, so c stays above a few -s.
inline constexpr double least_salt = 0.02;

template <class V> struct Soft { V value, rate; };  // rate: derivative of the logarithm

template <class V> inline Soft<V> soft(V c) {
  auto scarce = c < V(40.0 * least_salt);
  if (!any(scarce)) return {c, 1.0 / c};
  V y = c / least_salt, small = exponential(-magnitude(y));
  V log_part = select(small < V(1e-8), small, logarithm(1.0 + small));
  V value = least_salt * (larger(y, V(0.0)) + log_part);
  V share = select(y < V(0.0), small, V(1.0)) / (1.0 + small);
  return {select(scarce, value, c), select(scarce, share / value, 1.0 / c)};
}

template <int count, class S>
inline void node_salt(const Design<S>& d, const S* c, NodeSalt<S>& out, int i) {
  using V = wide_of<S>;
  SaltValue<V> x;
  V salt = load(c + i);
  const Soft<V> seen = soft(salt);
  store(out.soft + i, seen.value);
  store(out.soft_rate + i, seen.rate);
  salt_value<count>(d.shape->salt, salt, x);
  V per = 1.0 / x.value[0], half = load(d.path + i) * per;
  store(out.diffusion + i, half);
  store(out.diffusion_c + i, -half * x.slope[0] * per);
  per = 1.0 / x.value[1];
  half = load(d.path_ions + i) * per;
  store(out.conduction + i, half);
  store(out.conduction_c + i, -half * x.slope[1] * per);
  if constexpr (count == 4) {
    V rest = 1.0 - x.value[3];
    store(out.factor + i, rest * x.value[2]);
    store(out.factor_c + i, rest * x.slope[2] - x.value[2] * x.slope[3]);
    store(out.number + i, x.value[3]);
    store(out.number_c + i, x.slope[3]);
  } else {  // thermodynamic factor and transference number are constant
    store(out.factor + i, V((1.0 - d.shape->transference) * d.shape->salt.pieces[2 * 4]));
    store(out.factor_c + i, V(0.0));
  }
}

template <class S>
inline void face_flow(int i, const S* c, const NodeSalt<S>& x, Faces<S>& f) {
  using V = wide_of<S>;
  V fall = load(c + i) - load(c + i - 1);
  V per = 1.0 / (load(x.diffusion + i - 1) + load(x.diffusion + i));
  V flow = fall * per;
  store(f.flow + i, flow);
  store(f.flow_l + i, -per * (1.0 + flow * load(x.diffusion_c + i - 1)));
  store(f.flow_r + i, per * (1.0 - flow * load(x.diffusion_c + i)));
}

// i_e(f) = [(p_R - p_L) + I R_s + chi (c_R - c_L)] / (R_s + R_e) inside an electrode, I elsewhere;
// chi = (2RT/F) (1 - t+) TDF / c at the mean concentration of the face.
template <class S>
inline void face_current(int i, const Design<S>& d, const S* p, wide_of<S> current, wide_of<S> twice_thermal,
                         const NodeSalt<S>& x, Faces<S>& f) {
  using V = wide_of<S>;
  V left = load(x.soft + i - 1), right = load(x.soft + i), fall = right - left, per_sum = 1.0 / (left + right);
  V grow_l = left * load(x.soft_rate + i - 1), grow_r = right * load(x.soft_rate + i);
  V chi = twice_thermal * (load(x.factor + i - 1) + load(x.factor + i)) * per_sum;
  V by_left = (twice_thermal * load(x.factor_c + i - 1) - chi * grow_l) * per_sum;
  V by_right = (twice_thermal * load(x.factor_c + i) - chi * grow_r) * per_sum;
  V ionic_ohm = load(x.conduction + i - 1) + load(x.conduction + i), solid_ohm = load(d.solid + i);
  V open = load(d.open + i);
  V gain = open / (solid_ohm + ionic_ohm), share = gain * solid_ohm + (1.0 - open);
  V push = chi * fall, push_l = by_left * fall - chi * grow_l, push_r = by_right * fall + chi * grow_r;
  V ionic = gain * (load(p + i) - load(p + i - 1) + push) + current * share;
  V ohm_l = load(x.conduction_c + i - 1), ohm_r = load(x.conduction_c + i);
  store(f.gain + i, gain);
  store(f.share + i, share);
  store(f.ionic + i, ionic);
  store(f.ionic_l + i, gain * (push_l - ionic * ohm_l));
  store(f.ionic_r + i, gain * (push_r - ionic * ohm_r));
  store(f.ohm + i, ionic_ohm);
  store(f.drop + i, push - current * ionic_ohm);
  store(f.drop_l + i, push_l - current * ohm_l);
  store(f.drop_r + i, push_r - current * ohm_r);
}

template <class S>
inline void face_carry(int i, double reference, const NodeSalt<S>& x, Faces<S>& f) {
  store(f.carry + i, 0.5 * (load(x.number + i - 1) + load(x.number + i)) - reference);
  store(f.carry_l + i, 0.5 * load(x.number_c + i - 1));
  store(f.carry_r + i, 0.5 * load(x.number_c + i));
}

// Currents and drops at the faces, carried along with the small change (dc, dp, dI) of the last iteration.
template <class S> inline void advance_faces(int n, const S* dc, const S* dp, const S& amperes, Faces<S>& f) {
  using V = wide_of<S>;
  const V rise = spread(amperes);
  for (int i = 1; i < n; i += wide<S>::step) {
    V left = load(dc + i - 1), right = load(dc + i), difference = load(dp + i) - load(dp + i - 1);
    V ionic = load(f.gain + i) * difference + load(f.ionic_l + i) * left + load(f.ionic_r + i) * right;
    store(f.ionic + i, load(f.ionic + i) + ionic + load(f.share + i) * rise);
    store(f.drop + i, load(f.drop + i) + load(f.drop_l + i) * left + load(f.drop_r + i) * right - load(f.ohm + i) * rise);
  }
}

// All faces at the concentrations c and potential differences p = phi_s - phi_e, current density I.
template <class S>
inline void all_faces(const Design<S>& d, const S* c, const S* p, const S& current, NodeSalt<S>& x, Faces<S>& f) {
  using V = wide_of<S>;
  const Shape& shape = *d.shape;
  for (int i = 0; i < shape.n; i += wide<S>::step) {
    if (shape.constant_factor) node_salt<2>(d, c, x, i); else node_salt<4>(d, c, x, i);
  }
  const V amperes = spread(current), twice_thermal = spread(d.temperature) * (2.0 * gas_constant / faraday);
  for (int i = 1; i < shape.n; i += wide<S>::step) {
    face_flow(i, c, x, f);
    face_current(i, d, p, amperes, twice_thermal, x, f);
    if (!shape.constant_transference) face_carry(i, shape.transference, x, f);
  }
  for (S* closed : {f.flow, f.flow_l, f.flow_r, f.ionic, f.ionic_l, f.ionic_r, f.gain, f.share})
    closed[shape.n] = S(0.0);
  if (!shape.constant_transference)
    for (S* closed : {f.carry, f.carry_l, f.carry_r}) closed[shape.n] = S(0.0);
}

// Charge-transfer overpotential of a planar lithium electrode (or 0) [V] and its derivatives by I and c:
// the ion potential beside it, phi_e = -nu(I), docs/theory/transport.md (10).
template <class S> struct MetalStep { S nu, by_current, by_salt; };

template <class S> inline MetalStep<S> metal_step(const Design<S>& d, const S& current, const S& c) {
  const S twice_thermal = d.temperature * (2.0 * gas_constant / faraday);
  const Soft<S> seen = soft(c);
  const S twice = 2.0 * d.metal_rate * root(seen.value / d.salt);
  const S q = root(current * current + twice * twice);
  const S size = twice_thermal * logarithm((magnitude(current) + q) / twice);
  return {select(current < S(0.0), -size, size), twice_thermal / q, -0.5 * twice_thermal * current / q * seen.rate};
}

}  // namespace alloycell
