// One implicit step: residual, analytic Jacobian, block-tridiagonal elimination from both collectors
// towards the separator (2x2 blocks in the electrodes, scalars in the separator), Newton's iteration.
#pragma once
#include "interface.hpp"

namespace alloycell {

// Couplings of a control volume to one neighbour: rows salt (a by c, b by p) and charge (q by c, d by p).
template <class S> struct Coupling { S *a, *b, *q, *d; };

template <class S> struct Blocks {
  Coupling<S> own, left, right, back;  // back: the eliminated coupling
  S *r1, *r2, *z1, *z2;                // right-hand sides: residual and current
  S *y1, *y2, *w1, *w2;                // eliminated, then the solution
  S *yield, *salty, *source;           // sums over phases times width: a/Z, a S/(2cZ), a (j + r/Z)
};

// What makes a step: rate of the newest value and the sum over older values, at the iterate `now`.
template <class S> struct Step { S alpha; const S* rest; S* now; S* decay; };

// The control of the cell: by_voltage dV + by_current dI = -lack; `free` marks lanes whose current is unknown.
template <class S> struct Border { S lack, by_voltage, by_current; };

// Adds the phases of all layers up, node by node. Registers reach beyond their layer: zeros there, which the next
// layer overwrites.
template <class S>
inline void sum_phases(const Design<S>& d, const Points<S>& points, const S* j, Blocks<S>& k) {
  using V = wide_of<S>;
  const Shape& shape = *d.shape;
  for (const Layer& layer : shape.layers) {
    for (int m = 0; m < layer.phases; ++m) {
      const Phase& phase = shape.phases[layer.phase_first + m];
      const V area = spread(d.phase[layer.phase_first + m].area);
      for (int i = 0; i < layer.nodes; i += wide<S>::step) {
        const int at = phase.at + i, node = layer.first + i;
        const auto exists = valid<S>(i, layer.nodes);
        const V a = area * load(d.width + node), y = select(exists, a * load(points.yield + at), V(0.0));
        const V salty = select(exists, y * load(points.salty + at), V(0.0));
        const V source = select(exists, a * load(j + at) + y * load(points.lack + at), V(0.0));
        store(k.yield + node, m ? load(k.yield + node) + y : y);
        store(k.salty + node, m ? load(k.salty + node) + salty : salty);
        store(k.source + node, m ? load(k.source + node) + source : source);
      }
    }
  }
}

// Rows of one register of control volumes, constant transference number: docs/theory/transport.md (7), (8).
template <class S>
inline void assemble_rows(int i, const Design<S>& d, const Step<S>& step, const Faces<S>& f, Blocks<S>& k) {
  using V = wide_of<S>;
  const Tracked& t = d.shape->tracked;
  const V tau((1.0 - d.shape->transference) / faraday), alpha = spread(step.alpha);
  V storage = load(d.storage + i), yield = load(k.yield + i), salty = load(k.salty + i), source = load(k.source + i);
  V salt = alpha * load(step.now + t.c + i) + load(step.rest + t.c + i);
  store(k.r1 + i, load(f.flow + i + 1) - load(f.flow + i) + tau * source - storage * salt);
  store(k.own.a + i, storage * alpha - load(f.flow_l + i + 1) + load(f.flow_r + i) - tau * salty);
  store(k.own.b + i, -tau * yield);
  store(k.left.a + i, load(f.flow_l + i));
  store(k.right.a + i, -load(f.flow_r + i + 1));
  V gain_l = load(f.gain + i), gain_r = load(f.gain + i + 1);
  store(k.r2 + i, load(f.ionic + i + 1) - load(f.ionic + i) - source);
  store(k.own.q + i, salty - load(f.ionic_l + i + 1) + load(f.ionic_r + i));
  store(k.own.d + i, yield + gain_l + gain_r);
  store(k.left.q + i, load(f.ionic_l + i));
  store(k.left.d + i, -gain_l);
  store(k.right.q + i, -load(f.ionic_r + i + 1));
  store(k.right.d + i, -gain_r);
  store(k.z2 + i, load(f.share + i + 1) - load(f.share + i));
  store(k.z1 + i, V(0.0));
}

// What a varying transference number adds to the salt rows: the flux (t+ - reference) i_e / F.
template <class S>
inline void assemble_carry(int i, const Faces<S>& f, Blocks<S>& k) {
  const double per = 1.0 / faraday;
  const auto face = [&](int n, S& flux, S& by_l, S& by_r, S& gain, S& share) {
    flux = f.carry[n] * f.ionic[n] * per;
    by_l = (f.carry_l[n] * f.ionic[n] + f.carry[n] * f.ionic_l[n]) * per;
    by_r = (f.carry_r[n] * f.ionic[n] + f.carry[n] * f.ionic_r[n]) * per;
    gain = f.carry[n] * f.gain[n] * per;
    share = f.carry[n] * f.share[n] * per;
  };
  S in, in_l, in_r, in_gain, in_share, out, out_l, out_r, out_gain, out_share;
  face(i, in, in_l, in_r, in_gain, in_share);
  face(i + 1, out, out_l, out_r, out_gain, out_share);
  k.r1[i] = k.r1[i] - (out - in);
  k.own.a[i] = k.own.a[i] + out_l - in_r;
  k.own.b[i] = k.own.b[i] - out_gain - in_gain;
  k.left.a[i] = k.left.a[i] - in_l;
  k.left.b[i] = in_gain;
  k.right.a[i] = k.right.a[i] + out_r;
  k.right.b[i] = out_gain;
  k.z1[i] = k.z1[i] - (out_share - in_share);
}

template <class S>
inline void assemble(const Design<S>& d, const Step<S>& step, const Faces<S>& f, Blocks<S>& k) {
  const Shape& shape = *d.shape;
  for (int i = 0; i < shape.n; i += wide<S>::step) assemble_rows(i, d, step, f, k);
  if (!shape.constant_transference)
    for (int i = 0; i < shape.n; ++i) assemble_carry(i, f, k);
  if (shape.metal) {
    const double tau = (1.0 - shape.transference) / faraday;
    k.r1[0] += tau * step.now[shape.tracked.current];
    k.z1[0] += S(tau);
  }
}

// Elimination of an electrode from its collector towards the separator, one control volume a call.
template <bool full, bool border, class S> struct Elimination {
  Blocks<S>& k;
  const Coupling<S>&in, &out;
  S xa{0.0}, xb{0.0}, xq{0.0}, xd{0.0}, y1{0.0}, y2{0.0}, w1{0.0}, w2{0.0};

  Elimination(Blocks<S>& blocks, bool rising)
      : k(blocks), in(rising ? blocks.left : blocks.right), out(rising ? blocks.right : blocks.left) {}

  void at(int i) {
    const S la = in.a[i], lq = in.q[i], ld = in.d[i];
    S a = k.own.a[i] - la * xa, b = k.own.b[i] - la * xb;
    S q = k.own.q[i] - lq * xa - ld * xq, d = k.own.d[i] - lq * xb - ld * xd;
    S r1 = k.r1[i] - la * y1, r2 = k.r2[i] - lq * y1 - ld * y2;
    if constexpr (full) {
      const S lb = in.b[i];
      a -= lb * xq, b -= lb * xd, r1 -= lb * y2;
    }
    const S per = 1.0 / (a * d - b * q), ua = out.a[i], uq = out.q[i], ud = out.d[i];
    a *= per, b *= per, q *= per, d *= per;
    xa = d * ua - b * uq, xb = -b * ud, xq = a * uq - q * ua, xd = a * ud;
    if constexpr (full) xb += d * out.b[i], xd -= q * out.b[i];
    if constexpr (border) {
      S z1 = k.z1[i] - la * w1, z2 = k.z2[i] - lq * w1 - ld * w2;
      if constexpr (full) z1 -= in.b[i] * w2;
      w1 = d * z1 - b * z2, w2 = a * z2 - q * z1;
      k.w1[i] = w1, k.w2[i] = w2;
    }
    y1 = d * r1 - b * r2, y2 = a * r2 - q * r1;
    k.back.a[i] = xa, k.back.b[i] = xb, k.back.q[i] = xq, k.back.d[i] = xd;
    k.y1[i] = y1, k.y2[i] = y2;
  }
};

// Both electrodes at once: two independent chains keep the processor busy.
template <bool full, bool border, class S>
inline void eliminate(Blocks<S>& k, int n, int negative, int positive) {
  Elimination<full, border, S> up(k, true), down(k, false);
  const int common = negative < positive ? negative : positive;
  for (int m = 0; m < common; ++m) {
    up.at(m);
    down.at(n - 1 - m);
  }
  for (int m = common; m < negative; ++m) up.at(m);
  for (int m = common; m < positive; ++m) down.at(n - 1 - m);
}

template <class S> inline void substitute_at(const Blocks<S>& k, S* y1, S* y2, int i, int from) {
  const S c = y1[from], p = y2[from];
  y1[i] = y1[i] - k.back.a[i] * c - k.back.b[i] * p;
  y2[i] = y2[i] - k.back.q[i] * c - k.back.d[i] * p;
}

// Back from the separator to both collectors.
template <class S>
inline void substitute(const Blocks<S>& k, S* y1, S* y2, int n, int negative, int positive) {
  const int start = n - positive;
  for (int m = 0; m < negative || m < positive; ++m) {
    if (m < negative) substitute_at(k, y1, y2, negative - 1 - m, negative - m);
    if (m < positive) substitute_at(k, y1, y2, start + m, start + m - 1);
  }
}

// Scalar rows of the separator, from one electrode towards the middle.
template <bool border, class S> struct SeparatorSweep {
  Blocks<S>& k;
  const S *in, *out;
  S x, y, z;

  SeparatorSweep(Blocks<S>& blocks, bool rising, int before, bool electrode)
      : k(blocks), in(rising ? blocks.left.a : blocks.right.a), out(rising ? blocks.right.a : blocks.left.a),
        x(electrode ? blocks.back.a[before] : S(0.0)), y(electrode ? blocks.y1[before] : S(0.0)),
        z(electrode && border ? blocks.w1[before] : S(0.0)) {}

  void at(int i) {
    const S per = 1.0 / (k.own.a[i] - in[i] * x);
    y = (k.r1[i] - in[i] * y) * per;
    if constexpr (border) z = (k.z1[i] - in[i] * z) * per;
    x = out[i] * per;
    k.back.a[i] = x;
    k.y1[i] = y;
    if constexpr (border) k.w1[i] = z;
  }
};

// The separator between two eliminated electrodes: from both sides to its middle and back.
template <bool border, class S>
inline void solve_separator(Blocks<S>& k, int first, int count, bool left, bool right) {
  const int last = first + count - 1, middle = first + count / 2;
  SeparatorSweep<border, S> up(k, true, first - 1, left), down(k, false, last + 1, right);
  for (int a = first, b = last; a < middle || b > middle; ++a, --b) {
    if (a < middle) up.at(a);
    if (b > middle) down.at(b);
  }
  const S la = k.left.a[middle], ra = k.right.a[middle], per = 1.0 / (k.own.a[middle] - la * up.x - ra * down.x);
  k.y1[middle] = (k.r1[middle] - la * up.y - ra * down.y) * per;
  if constexpr (border) k.w1[middle] = (k.z1[middle] - la * up.z - ra * down.z) * per;
  for (int a = middle - 1, b = middle + 1; a >= first || b <= last; --a, ++b) {
    if (a >= first) k.y1[a] = k.y1[a] - k.back.a[a] * k.y1[a + 1];
    if (b <= last) k.y1[b] = k.y1[b] - k.back.a[b] * k.y1[b - 1];
    if constexpr (border) {
      if (a >= first) k.w1[a] = k.w1[a] - k.back.a[a] * k.w1[a + 1];
      if (b <= last) k.w1[b] = k.w1[b] - k.back.a[b] * k.w1[b - 1];
    }
  }
}

template <bool full, bool border, class S>
inline void solve_blocks(const Shape& shape, Blocks<S>& k) {
  const int nn = shape.n_negative, ns = shape.n_separator, np = shape.n_positive;
  eliminate<full, border>(k, shape.n, nn, np);
  solve_separator<border>(k, nn, ns, nn > 0, np > 0);
  substitute(k, k.y1, k.y2, shape.n, nn, np);
  if constexpr (border) substitute(k, k.w1, k.w2, shape.n, nn, np);
}

// Sum over the faces 1..n-1 of `inside` in the electrodes and `between` from the separator's one side to its other.
template <class S, class F, class G> inline S over_faces(const Design<S>& d, F inside, G between) {
  using V = wide_of<S>;
  const Shape& shape = *d.shape;
  Total<S> sum;
  for (int i = 1; i < shape.n; i += wide<S>::step) {
    const V open = load(d.open + i), drop = select(open > V(0.0), inside(i) * load(d.solid + i), between(i));
    sum.add(i - 1, select(valid<S>(i, shape.n), drop, V(0.0)));
  }
  return sum.value();
}

// Concentration at a planar lithium electrode minus that of its control volume, per current density.
template <class S> inline S wall_rise(const Shape& shape, const NodeSalt<S>& x) {
  const S anions = shape.constant_transference ? S(1.0 - shape.transference) : 1.0 - x.number[0];
  return anions / faraday * x.diffusion[0];
}

// Terminal voltage from p, the faces and the current, docs/theory/transport.md (9); the sweep from collector to collector.
template <class S>
inline S terminal_voltage(const Design<S>& d, const S* c, const S* p, const S& current, const NodeSalt<S>& x, const Faces<S>& f) {
  using V = wide_of<S>;
  const Shape& shape = *d.shape;
  const int nn = shape.n_negative, start = nn + shape.n_separator;
  const V amperes = spread(current);
  const S v = p[start] - current * (d.solid_ends + d.contact) +
              over_faces(d, [&](int i) { return load(f.ionic + i) - amperes; }, [&](int i) { return load(f.drop + i); });
  if (!shape.metal) return v - p[nn - 1];
  const S rise = wall_rise(shape, x);
  const S chi = d.temperature * (2.0 * gas_constant / faraday) * x.factor[0] / x.soft[0];
  const MetalStep<S> metal = metal_step(d, current, c[0] + rise * current);
  return v - metal.nu - current * (x.conduction[0] + chi * rise);
}

// phi_s at the negative collector minus phi_e in the middle of the separator.
template <class S> inline S negative_potential(const Design<S>& d, const S* p, const S& amperes, const Faces<S>& f) {
  using V = wide_of<S>;
  const Shape& shape = *d.shape;
  const int nn = shape.n_negative, middle = nn + shape.n_separator / 2;
  if (!nn) return S(0.0);
  const V current = spread(amperes);
  Total<S> sum;
  for (int i = 1; i <= middle; i += wide<S>::step) {
    const V fall = select(load(d.open + i) > V(0.0), (load(f.ionic + i) - current) * load(d.solid + i), load(f.drop + i));
    sum.add(i - 1, select(valid<S>(i, middle + 1), fall, V(0.0)));
  }
  return p[nn - 1] - sum.value();
}

// Change of the terminal voltage with the change (dc, dp, dI).
template <class S>
inline S voltage_change(const Design<S>& d, const S* c, const S& current, const S* dc, const S* dp, double amperes,
                        const NodeSalt<S>& x, const Faces<S>& f) {
  using V = wide_of<S>;
  const Shape& shape = *d.shape;
  const int nn = shape.n_negative, start = nn + shape.n_separator;
  const auto inside = [&](int i) -> V {
    V ionic = load(f.gain + i) * (load(dp + i) - load(dp + i - 1)) + load(f.ionic_l + i) * load(dc + i - 1);
    return ionic + load(f.ionic_r + i) * load(dc + i) + amperes * (load(f.share + i) - 1.0);
  };
  const auto between = [&](int i) -> V {
    return load(f.drop_l + i) * load(dc + i - 1) + load(f.drop_r + i) * load(dc + i) - amperes * load(f.ohm + i);
  };
  const S v = dp[start] - amperes * (d.solid_ends + d.contact) + over_faces(d, inside, between);
  if (!shape.metal) return v - dp[nn - 1];
  const S rise = wall_rise(shape, x);
  const S chi = d.temperature * (2.0 * gas_constant / faraday) * x.factor[0] / x.soft[0];
  const MetalStep<S> metal = metal_step(d, current, c[0] + rise * current);
  return v - metal.by_salt * dc[0] - amperes * (metal.by_current + metal.by_salt * rise + x.conduction[0] + chi * rise);
}

}  // namespace alloycell
