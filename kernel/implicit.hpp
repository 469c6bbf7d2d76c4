// Newton's iteration of one implicit step of a pack, with the memory it works in.
#pragma once
#include <type_traits>
#include "film.hpp"
#include "heat.hpp"

namespace alloycell {

// docs/theory/stepping.md (3): control a0 + a1 V + a2 I + a3 V I = 0: current, voltage, power or resistance. `bordered`: I is unknown somewhere.
template <class S> struct Control { S a0, a1, a2, a3; bool bordered; };

// 1 / tolerance of salt [m3/mol], potential [1/V], theta, current [m2/A], temperature [1/K].
template <class S> struct Weights { S salt, potential, theta, current, temperature; };

template <class S> struct Convergence {
  double curve[lanes<S>];   // estimate of (next change) / (change)^2, kept from step to step
  double accepted[lanes<S>];  // the next change, in units of the tolerance, that ends the iteration
  int most[lanes<S>];       // iterations after which a lane has failed
  double noise;             // changes below this are rounding, in units of the tolerance
  int iterations;           // of the last solve
  long total;
};

template <class S> struct Memory {
  Points<S> points;
  NodeSalt<S> salt;
  Faces<S> faces;
  Blocks<S> blocks;
  S* decay;
  S amperes;              // the last change of the current
  S voltage, reference;   // terminal voltage, potential of the negative's collector over the separator's middle
  std::vector<RadialWork<S>> radial;
};

template <class S> inline std::size_t memory_size(const Shape& shape) {
  const std::size_t n = padded<S>(shape.n) + 3 * wide<S>::step + 1, places = shape.points + 2 * wide<S>::step;
  std::size_t radial = 0;
  for (const Phase& phase : shape.phases) radial += 2 * (phase.points + 3) * (padded<S>(phase.nodes) + 2 * wide<S>::step);
  return 80 * n + 14 * places + radial;
}

template <class S> inline Memory<S> take_memory(const Shape& shape, Arena<S>& arena) {
  Memory<S> m{};
  const std::size_t n = shape.n + 1 + wide<S>::step, places = shape.points;
  const auto fill = [&](auto& block, std::size_t size) {
    S** fields = reinterpret_cast<S**>(&block);
    for (std::size_t k = 0; k < sizeof(block) / sizeof(S*); ++k) fields[k] = arena.take(size);
  };
  fill(m.points, places);
  fill(m.salt, n);
  fill(m.faces, n);
  fill(m.blocks, n);
  m.decay = arena.take(places);
  m.radial.resize(shape.phases.size());
  for (std::size_t q = 0; q < shape.phases.size(); ++q) {
    const Phase& phase = shape.phases[q];
    if (phase.radial != shells) continue;
    m.radial[q].above = arena.take((phase.points + 2) * padded<S>(phase.nodes));
    m.radial[q].right = arena.take((phase.points + 2) * padded<S>(phase.nodes));
  }
  return m;
}

// Sources added to the equations of charge and interface: none in a run, those of a test with a known solution.
struct NoSources {};

template <class S, class Sources = NoSources> class Implicit {
 public:
  using V = wide_of<S>;
  Implicit(Design<S>& design, Arena<S>& arena, const Sources& sources = none)
      : d(design), shape(*design.shape), m(take_memory<S>(shape, arena)), added(sources) {}

  // Iterates `step.now` until every lane in `active` has converged; lanes that have not are taken out of `active`.
  void solve(Step<S>& step, const Control<S>& control, const Weights<S>& weight, mask_of<S>& active, Convergence<S>& how) {
    prepare(step);
    double before[lanes<S>] = {};
    mask_of<S> going = active;
    for (how.iterations = 1;; ++how.iterations) {
      ++how.total;
      mask_of<S> unsettled{};
      S change = iterate(step, control, weight, going, unsettled);
      read_voltage(step, going);
      if (shape.thermal) change = larger(change, warm(step, weight, going, unsettled));
      bool any_left = false;
      for (int lane = 0; lane < lanes<S>; ++lane) {
        if (!get_mask(going, lane)) continue;
        const double now = get(change, lane), last = before[lane];
        before[lane] = now;
        double& curve = how.curve[lane];
        const bool sound = now < 1e12;
        if (sound && how.iterations > 1 && last > 0)
          curve = std::fmax(0.3 * curve, std::fmin(now / (last * last), 1.0 / last));
        const bool settled =
            sound && !get_mask(unsettled, lane) && (curve * now * now < how.accepted[lane] || now < how.noise);
        const bool failed = !sound || (!settled && how.iterations >= how.most[lane]);
        if (failed) put_mask(active, lane, false);
        if (settled || failed) put_mask(going, lane, false); else any_left = true;
      }
      if (!any_left) break;
    }
    if (shape.thermal) take_temperature(step);
    finish(step);
  }

  const Design<S>& design() const { return d; }
  const S& voltage() const { return m.voltage; }
  const S& reference() const { return m.reference; }

  // The heat that the state of `step` gives off; its temperature becomes the one that follows from it.
  S heat(Step<S>& step) const {
    const S made = heat_made(d, step, m.voltage);
    step.now[shape.tracked.temperature] = heated(d, step, made);
    return made;
  }

 protected:
  Design<S>& d;
  const Shape& shape;
  Memory<S> m;
  const Sources& added;
  static constexpr bool has_sources = !std::is_same_v<Sources, NoSources>;
  static constexpr NoSources none{};

  // How surfaces of constant diffusivity answer to their flux in this step.
  void prepare_inside(const Step<S>& step) {
    for (const Slab& slab : shape.slabs)
      slab_prepare(shape, slab, d.phase[slab.outer], step.alpha, step.rest, m.radial[slab.outer], m.points);
    for (std::size_t q = 0; q < shape.phases.size(); ++q)
      if (shape.phases[q].radial == modal && shape.phases[q].other < 0)
        modal_prepare(shape.phases[q], d.phase[q], step.alpha, step.rest, m.radial[q], m.points);
  }

  void prepare(const Step<S>& step) {
    if (!shape.thermal) prepare_inside(step);
    for (std::size_t q = 0; q < shape.phases.size(); ++q) {
      const Phase& phase = shape.phases[q];
      if (phase.hysteresis != one_state) continue;
      const PhaseNumbers<S>& x = d.phase[q];
      for (int i = 0; i < phase.nodes; i += wide<S>::step) {
        V theta = load(step.now + shape.tracked.theta + phase.at + i), h = load(step.now + phase.hysteresis_at + i);
        store(m.decay + phase.at + i,
              decay_rate(shape, phase, spread(x.decay), spread(x.exponent), spread(x.slope), theta, h));
      }
    }
  }

  // All numbers at the temperature of the present iterate.
  void take_temperature(const Step<S>& step) {
    at_temperature(d, step.now[shape.tracked.temperature]);
    prepare_inside(step);
  }

  // The next temperature, from the heat of the state just found; returns the size of its change.
  S warm(Step<S>& step, const Weights<S>& weight, mask_of<S> going, mask_of<S>& unsettled) {
    S& temperature = step.now[shape.tracked.temperature];
    const S before = temperature, found = heated(d, step, heat_made(d, step, m.voltage));
    const S next = smaller(larger(found, 0.8 * before), 1.25 * before);
    unsettled = either(unsettled, either(found < next, found > next));
    temperature = select(going, next, before);
    return magnitude(next - before) * weight.temperature;
  }

  // What sealed films do, each in its place of an iteration; nothing where there are none.
  void close_faces() {
    for (const Slab& slab : shape.slabs) {
      slab_close(slab, m.faces);
      if (!shape.constant_transference) slab_close_carry(slab, m.faces);
    }
  }
  void react_slabs(const Step<S>& step, const S& current) {
    for (const Slab& slab : shape.slabs) {
      const Reaction<S> x = reaction_of(d, shape.phases[slab.outer], d.phase[slab.outer], step.alpha, current);
      slab_react(d, slab, x, m.salt, step.now + shape.tracked.p, step.rest, step.now + shape.tracked.j, m.decay, m.points);
    }
  }
  void couple_slabs() {
    if (shape.constant_transference)
      for (const Slab& slab : shape.slabs)
        for (S* b : {m.blocks.left.b, m.blocks.right.b}) b[slab.face - 1] = b[slab.face] = S(0.0);
    for (const Slab& slab : shape.slabs) slab_couple(d, slab, m.points, m.blocks);
  }
  // Change of j that the unknowns at the other face of a slab bring about.
  V from_other_face(std::size_t q) const {
    const Phase& phase = shape.phases[q];
    const Phase& other = shape.phases[phase.other];
    const V by_node = load(m.blocks.y2 + other.node) + load(m.points.salty + other.at) * load(m.blocks.y1 + other.node);
    return load(m.points.cross + phase.at) * by_node;
  }
  bool full() const { return !shape.constant_transference || !shape.slabs.empty(); }

  // One iteration; returns the size of the change in units of the tolerance.
  S iterate(Step<S>& step, const Control<S>& control, const Weights<S>& weight, mask_of<S> going, mask_of<S>& unsettled) {
    const Tracked& t = shape.tracked;
    S* const c = step.now + t.c;
    S* const p = step.now + t.p;
    S& current = step.now[t.current];
    if (shape.thermal) take_temperature(step);
    all_faces(d, c, p, current, m.salt, m.faces);
    close_faces();
    for (std::size_t q = 0; q < shape.phases.size(); ++q) phase_reactions(q, step, current);
    react_slabs(step, current);
    sum_phases(d, m.points, step.now + t.j, m.blocks);
    assemble(d, step, m.faces, m.blocks);
    couple_slabs();
    if constexpr (has_sources) added.charge(m.blocks);
    S amperes(0.0), change(0.0);
    m.amperes = amperes;
    if (control.bordered) {
      solve_any<true>();
      amperes = border(control, c, p, current);
      m.amperes = select(going, amperes, S(0.0));
      current = current + m.amperes;
      change = magnitude(amperes) * weight.current;
    } else {
      solve_any<false>();
    }
    change = larger(change, move_nodes(c, p, amperes, control.bordered, weight, going, unsettled));
    for (std::size_t q = 0; q < shape.phases.size(); ++q)
      change = larger(change, move_reactions(q, step, weight, going, unsettled));
    return change;
  }

  // Voltages at the new iterate: what was computed at the faces is carried along, in the lanes that moved.
  void read_voltage(const Step<S>& step, const mask_of<S>& moved) {
    const Tracked& t = shape.tracked;
    const S *const c = step.now + t.c, *const p = step.now + t.p;
    const S& current = step.now[t.current];
    advance_faces(shape.n, m.blocks.y1, m.blocks.y2, m.amperes, m.faces);
    if (shape.metal) node_salt<4>(d, c, m.salt, 0);
    m.voltage = select(moved, terminal_voltage(d, c, p, current, m.salt, m.faces), m.voltage);
    m.reference = select(moved, negative_potential(d, p, current, m.faces), m.reference);
  }

  void phase_reactions(std::size_t q, const Step<S>& step, const S& current) {
    const Phase& phase = shape.phases[q];
    if (phase.other >= 0) return;  // in react_slabs
    const Tracked& t = shape.tracked;
    const Reaction<S> x = reaction_of(d, phase, d.phase[q], step.alpha, current);
    for (int i = 0; i < phase.nodes; i += wide<S>::step) {
      if (phase.radial == shells)
        shell_sweep(phase, d.phase[q], shape.curves[phase.diffusivity], step.alpha, step.rest, step.now, step.now + t.j,
                    m.radial[q], m.points, i);
      react(d, phase, x, m.salt, step.now + t.p, step.rest, step.now + t.j, m.decay, m.points, i);
      if constexpr (has_sources) added.interface(phase, m.points, i);
    }
  }

  template <bool border> void solve_any() {
    if (full()) solve_blocks<true, border>(shape, m.blocks);
    else solve_blocks<false, border>(shape, m.blocks);
  }

  S border(const Control<S>& control, const S* c, const S* p, const S& current) const {
    const Blocks<S>& k = m.blocks;
    const S v = terminal_voltage(d, c, p, current, m.salt, m.faces);
    const S by_v = control.a1 + control.a3 * current, by_i = control.a2 + control.a3 * v;
    const S lack = control.a0 + control.a1 * v + current * (control.a2 + control.a3 * v);
    const S v1 = voltage_change(d, c, current, k.y1, k.y2, 0.0, m.salt, m.faces);
    const S v2 = voltage_change(d, c, current, k.w1, k.w2, 1.0, m.salt, m.faces);
    return -(lack + by_v * v1) / (by_v * v2 + by_i);
  }

  S move_nodes(S* c, S* p, const S& amperes, bool bordered, const Weights<S>& weight, mask_of<S> going, mask_of<S>& unsettled) {
    Blocks<S>& k = m.blocks;
    V change(0.0);
    mask_of<V> short_of{};
    const V by_salt = spread(weight.salt), by_p = spread(weight.potential), one = spread(select(going, S(1.0), S(0.0)));
    for (int i = 0; i < shape.n; i += wide<S>::step) {
      V dc = load(k.y1 + i), dp = load(k.y2 + i), at = load(c + i);
      if (bordered) dc += spread(amperes) * load(k.w1 + i), dp += spread(amperes) * load(k.w2 + i);
      V most = -0.9 * larger(at, V(0.0)) - V(10.0 * least_salt);
      auto low = dc < most;
      short_of = either(short_of, low);
      dc = select(low, most, dc);
      change = larger(change, larger(magnitude(dc) * by_salt, magnitude(dp) * by_p));
      store(k.y1 + i, dc * one);
      store(k.y2 + i, dp * one);
      store(c + i, at + dc * one);
      store(p + i, load(p + i) + dp * one);
    }
    unsettled = either(unsettled, anywhere<S>(short_of));
    return largest<S>(change);
  }

  S move_reactions(std::size_t q, Step<S>& step, const Weights<S>& weight, mask_of<S> going, mask_of<S>& unsettled) {
    const Phase& phase = shape.phases[q];
    const Tracked& t = shape.tracked;
    S* const j = step.now + t.j;
    const V by_theta = spread(weight.theta), by_p = spread(weight.potential), one = spread(select(going, S(1.0), S(0.0)));
    V change(0.0);
    mask_of<V> short_of{};
    for (int i = 0; i < phase.nodes; i += wide<S>::step) {
      const int at = phase.at + i, node = phase.node + i;
      auto exists = valid<S>(i, phase.nodes);
      V lack = load(m.points.lack + at), answer = load(m.points.answer + at);
      V by_node = load(m.blocks.y2 + node) + load(m.points.salty + at) * load(m.blocks.y1 + node);
      V dj = select(exists, (lack + by_node) * load(m.points.yield + at), V(0.0));
      if (phase.other >= 0) dj = select(exists, dj + from_other_face(q), V(0.0));
      change = larger(change, select(exists, larger(magnitude(lack) * by_p, magnitude(answer * dj) * by_theta), V(0.0)));
      shorten(phase, j, m.points, dj, i, short_of);
      dj = load(m.points.step + at) * one;
      store(m.points.step + at, dj);
      store(j + at, load(j + at) + dj);
      if (phase.radial == shells)
        change = larger(change, select(exists, shell_update(phase, m.radial[q], m.points, step.now, one, i) * by_theta, V(0.0)));
    }
    unsettled = either(unsettled, anywhere<S>(short_of));
    return largest<S>(change);
  }

  // The rest of the state once j is known: surface values, modes, hysteresis.
  void finish(const Step<S>& step) {
    const Tracked& t = shape.tracked;
    for (std::size_t q = 0; q < shape.phases.size(); ++q) {
      const Phase& phase = shape.phases[q];
      if (phase.other >= 0) continue;  // in slab_finish
      const V rate = spread(S(0.5 * phase.mean_weight * flux_scale(d.phase[q])));
      for (int i = 0; i < phase.nodes; i += wide<S>::step) {
        const int at = phase.at + i;
        V amperes = load(step.now + t.j + at);
        if (phase.radial == shells)
          store(step.now + t.theta + at, shell_surface(phase, d.phase[q], shape.curves[phase.diffusivity], step.now, step.now + t.j, i));
        else
          store(step.now + t.theta + at, load(m.points.start + at) - load(m.points.answer + at) * amperes);
        if (phase.hysteresis == one_state) {
          const Turn<V> turn = turned(spread(step.alpha), load(step.rest + phase.hysteresis_at + i),
                                      rate * load(m.decay + at), amperes);
          store(step.now + phase.hysteresis_at + i, turn.h);
        }
      }
      if (phase.radial == modal)
        modal_finish(phase, d.phase[q], step.rest, step.now + t.j, m.radial[q], step.now);
    }
    for (const Slab& slab : shape.slabs)
      slab_finish(shape, slab, d.phase[slab.outer], step, m.decay, m.radial[slab.outer], m.points);
  }
};

}  // namespace alloycell
