// The shipped solver of one implicit step, driven with fixed order and fixed steps and with a source in every equation.
// tests/verification/manufactured.py compiles it and calls `march`; the extension modules know nothing of it.
#include "implicit.hpp"
#include "bdf.hpp"
#include "protocol.hpp"

using namespace alloycell;

namespace {

// Sources of one moment: charge per control volume [A/m2] and interface per phase and node [V].
struct Added {
  const Shape* shape = nullptr;
  std::vector<double> charges, interfaces;
  void charge(Blocks<double>& k) const {
    for (int i = 0; i < shape->n; ++i) k.r2[i] += charges[i];
  }
  void interface(const Phase& phase, Points<double>& points, int i) const {
    for (int m = i; m < i + wide<double>::step && m < phase.nodes; ++m)
      points.lack[phase.at + m] += interfaces[phase.at + m];
  }
};

struct Tables { std::vector<double> pieces, salt; };

void read_salt(Tables& tables, Shape& shape, const double* salt, int points, double top) {
  const int properties = SaltTable::properties;
  const double width = top / (points - 1);
  tables.salt.resize(static_cast<std::size_t>(points - 1) * 4 * properties);
  for (int i = 0; i + 1 < points; ++i) {
    for (int k = 0; k < properties; ++k) {
      const double *value = salt + k * points + i, *slope = salt + (properties + k) * points + i;
      const double rise = value[1] - value[0], da = slope[0] * width, db = slope[1] * width;
      double* p = tables.salt.data() + (static_cast<std::size_t>(i) * properties + k) * 4;
      p[0] = value[0], p[1] = da, p[2] = 3 * rise - 2 * da - db, p[3] = da + db - 2 * rise;
    }
  }
  shape.salt = {tables.salt.data(), points - 1, top};
  shape.constant_transference = shape.constant_factor = false;
}

// layers: side, nodes, phases; phases: radial kind, points, curve of the potential, curve of the diffusivity, table.
void read_shape(Tables& tables, Shape& shape, int layer_count, const int* layers, const int* phases, const double* radial,
                int curve_count, const double* curves) {
  const std::size_t size = 4 * Octaves::intervals;
  tables.pieces.resize(curve_count * size);
  for (int i = 0; i < curve_count; ++i) {
    const double* value = curves + static_cast<std::size_t>(i) * 2 * Octaves::nodes;
    octave_pieces(value, value + Octaves::nodes, tables.pieces.data() + i * size);
    shape.curves.push_back(tables.pieces.data() + i * size);
  }
  int first = 0;
  for (int l = 0; l < layer_count; ++l) {
    const int* row = layers + 3 * l;
    shape.layers.push_back({row[0], 0, row[1], first, row[2]});
    for (int i = 0; i < row[1]; ++i) shape.share.push_back(1.0 / row[1]);
    for (int m = 0; m < row[2]; ++m, ++first) {
      const int* to = phases + 5 * first;
      Phase phase{};
      phase.layer = l;
      phase.radial = to[0];
      phase.points = to[1];
      phase.low = phase.high = to[2];
      phase.diffusivity = to[3];
      phase.exchange = -1;
      phase.hysteresis = no_hysteresis;
      phase.lambda = radial + to[4];
      phase.weight = phase.lambda + phase.points;
      phase.mean_weight = 3.0;
      shape.phases.push_back(phase);
    }
  }
}

}  // namespace

// Marches `steps` steps of length h at fixed `order` from `begun` stored states (newest last, h apart, the last at time
// zero). States and sources are canonical (for_each_number); in a row of sources stand the current, the charge source,
// nothing, the interface source, and the rates of salt and radial contents. Writes every state and voltage; the number
// of steps that converged comes back.
extern "C" int march(int layer_count, const int* layers, const int* phases, const double* radial, int curve_count,
                     const double* curves, const double* salt, int salt_points, double salt_top, double transference,
                     const double* layer_numbers, const double* phase_numbers, const double* cell, int order, int begun,
                     int steps, double h, const double* start, const double* sources, double* states, double* voltages) {
  Tables tables;
  Shape shape{};
  read_shape(tables, shape, layer_count, layers, phases, radial, curve_count, curves);
  read_salt(tables, shape, salt, salt_points, salt_top);
  shape.metal = false;
  shape.transference = transference;
  lay_out<double>(shape);
  Design<double> design{};
  design.shape = &shape;
  std::vector<PhaseNumbers<double>> numbers(shape.phases.size());
  design.phase = numbers.data();
  const std::size_t room = shape.n + 1 + 2 * wide<double>::step;
  Arena<double> arena(memory_size<double>(shape) + History<double>::size(shape) + 16 * room + 256);
  for (double** place : {&design.width, &design.storage, &design.path, &design.solid, &design.open}) *place = arena.take(room);
  design.path_ions = design.path;
  fill_lane(design, 0, layer_numbers, phase_numbers, cell);
  Added added{&shape, std::vector<double>(room), std::vector<double>(shape.points + room)};
  Implicit<double, Added> newton(design, arena, added);
  History<double> history(shape, arena);
  Clock clock;
  const int size = for_each_number<double>(shape, [](int, int) {});
  for (int i = 0; i < begun; ++i) {
    double* const now = history.now();
    for_each_number<double>(shape, [&](int n, int at) { now[at] = start[static_cast<std::size_t>(i) * size + n]; });
    history.push(true, true);
    clock.push((i - begun + 1) * h);
  }
  clock.order = order;
  Coefficients<double> k;
  const Weights<double> weight{1e8, 1e11, 1e11, 1e9, 0.0};
  Convergence<double> how{};
  how.curve[0] = 1.0;
  how.accepted[0] = 1e-2;
  how.noise = 1e-1;
  how.most[0] = 30;
  const Tracked& t = shape.tracked;
  for (int s = 0; s < steps; ++s) {
    const double* row = sources + static_cast<std::size_t>(s) * size;
    k.clear();
    k.set(0, clock, (s + 1) * h);
    history.predict(k);
    double* const rest = const_cast<double*>(history.rest());
    for_each_number<double>(shape, [&](int n, int at) {
      if (at >= t.c) rest[at] -= row[n];
      else if (at >= t.j) added.interfaces[at - t.j] = row[n];
      else if (at >= t.p && at < t.theta) added.charges[at - t.p] = row[n];
    });
    history.now()[t.current] = row[0];
    Step<double> step{k.alpha, rest, history.now(), nullptr};
    bool active = true;
    newton.solve(step, {-row[0], 0.0, 1.0, 0.0, false}, weight, active, how);
    if (!active) return s;
    voltages[s] = newton.voltage();
    for_each_number<double>(shape, [&](int n, int at) { states[static_cast<std::size_t>(s) * size + n] = history.now()[at]; });
    history.push(true, true);
    clock.push((s + 1) * h);
  }
  return steps;
}
