// Flat arrays in, flat arrays and an outcome out. The only file that knows Python.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <atomic>
#include <thread>
#include "run.hpp"

namespace nb = nanobind;
using namespace alloycell;

namespace {

template <class T> using Flat = nb::ndarray<const T, nb::numpy, nb::c_contig, nb::device::cpu>;
template <class T> using Out = nb::ndarray<T, nb::numpy, nb::c_contig, nb::device::cpu>;

// Integer columns of a layer and of a phase in the structure.
enum { layer_side, layer_nodes, layer_phases, layer_integers };
enum {
  phase_radial, phase_points, phase_low, phase_high, phase_diffusivity_curve, phase_exchange_curve, phase_hysteresis,
  phase_table, phase_integers
};

// A structure with the tables it points to; built once for a batch.
struct Structure {
  std::vector<double> pieces, salt, radial;
  Shape shape;
};

void read_layers(Structure& out, const Flat<int>& layers, const Flat<int>& phases) {
  Shape& shape = out.shape;
  int first = 0;
  for (std::size_t l = 0; l < layers.shape(0); ++l) {
    const int* row = layers.data() + l * layer_integers;
    shape.layers.push_back({row[layer_side], 0, row[layer_nodes], first, row[layer_phases]});
    for (int m = 0; m < row[layer_phases]; ++m) {
      const int* to = phases.data() + (first + m) * phase_integers;
      Phase phase{};
      phase.layer = static_cast<int>(l);
      phase.radial = to[phase_radial];
      phase.points = to[phase_points];
      phase.low = to[phase_low];
      phase.high = to[phase_high];
      phase.diffusivity = to[phase_diffusivity_curve];
      phase.exchange = to[phase_exchange_curve];
      phase.hysteresis = to[phase_hysteresis];
      phase.lambda = out.radial.data() + to[phase_table];
      phase.weight = phase.lambda + phase.points;
      double volume = 0.0;
      for (int k = 0; k < phase.points; ++k) volume += phase.lambda[k];
      phase.mean_weight = phase.radial == modal ? phase.weight[0] : 1.0 / volume;
      shape.phases.push_back(phase);
    }
    first += row[layer_phases];
  }
}

void read_salt(Structure& out, const Flat<double>& salt, double top) {
  const int points = static_cast<int>(salt.shape(1));
  out.salt.resize(static_cast<std::size_t>(points - 1) * 4 * SaltTable::properties);
  const double width = top / (points - 1);
  for (int i = 0; i + 1 < points; ++i) {
    for (int k = 0; k < SaltTable::properties; ++k) {
      const double* value = salt.data() + k * points;
      const double* slope = salt.data() + (SaltTable::properties + k) * points;
      const double a = value[i], b = value[i + 1], da = slope[i] * width, db = slope[i + 1] * width;
      double* p = out.salt.data() + (static_cast<std::size_t>(i) * SaltTable::properties + k) * 4;
      p[0] = a, p[1] = da, p[2] = 3 * (b - a) - 2 * da - db, p[3] = 2 * (a - b) + da + db;
    }
  }
  out.shape.salt = {out.salt.data(), points - 1, top};
  const auto constant = [&](int k) {
    const double* value = salt.data() + k * points;
    for (int i = 1; i < points; ++i)
      if (value[i] != value[0]) return false;
    return true;
  };
  out.shape.constant_transference = constant(3);
  out.shape.constant_factor = constant(2) && constant(3);
}

void build(Structure& out, const Flat<int>& layers, const Flat<int>& phases, const Flat<double>& share,
           const Flat<double>& curves, const Flat<double>& salt, double salt_top, const Flat<double>& radial, bool metal,
           double transference) {
  out.radial.assign(radial.data(), radial.data() + radial.size());
  const std::size_t count = curves.shape(0), size = 4 * Octaves::intervals;
  out.pieces.resize(count * size);
  for (std::size_t i = 0; i < count; ++i) {
    const double* value = curves.data() + i * 2 * Octaves::nodes;
    octave_pieces(value, value + Octaves::nodes, out.pieces.data() + i * size);
    out.shape.curves.push_back(out.pieces.data() + i * size);
  }
  out.shape.share.assign(share.data(), share.data() + share.size());
  out.shape.metal = metal;
  out.shape.transference = transference;
  read_salt(out, salt, salt_top);
  read_layers(out, layers, phases);
}

// One pack after another is taken by the threads; each writes only to its own designs.
struct Batch {
  Structure structure;
  Settings settings;
  long designs;
  const double *layer_numbers, *phase_numbers, *cell_numbers;
  std::vector<Door> doors;

  template <class S> void run_packs(std::atomic<long>& next) {
    Shape shape = structure.shape;
    lay_out<S>(shape);
    Design<S> design{};
    design.shape = &shape;
    std::vector<PhaseNumbers<S>> phases(shape.phases.size());
    design.phase = phases.data();
    const std::size_t nodes = shape.n + 1 + 2 * wide<S>::step;
    Arena<S> arena(run_size<S>(shape) + 8 * (nodes + 2 * wide<S>::step));
    for (S** place : {&design.width, &design.storage, &design.path, &design.solid, &design.open}) *place = arena.take(nodes);
    Run<S> run(shape, design, settings, arena);
    for (long pack; (pack = next.fetch_add(1)) * lanes<S> < designs;) {
      for (int lane = 0; lane < lanes<S>; ++lane) {
        const long i = pack * lanes<S> + lane, from = i < designs ? i : designs - 1;
        const double* numbers = phase_numbers + from * shape.phases.size() * phase_columns;
        fill_lane(design, lane, layer_numbers + from * shape.layers.size() * layer_columns, numbers,
                  cell_numbers + from * cell_columns);
        Door idle;
        run.enter(lane, i < designs ? doors[i] : idle, numbers);
      }
      run.go();
    }
  }
};

}  // namespace

NB_MODULE(KERNEL_MODULE, module) {
  module.doc() = "Porous-electrode solver: flat arrays in, flat arrays out.";
  module.attr("lanes") = native_lanes;
  module.attr("sources") = KERNEL_SOURCES;
  module.def("octave_nodes", [] { return static_cast<int>(Octaves::nodes); });
  module.def("octave_grid", [](Out<double> x) { octave_grid(x.data()); });
  module.def(
      "run",
      [](Flat<int> layers, Flat<int> phases, Flat<double> share, Flat<double> curves, Flat<double> salt, double salt_top,
         Flat<double> radial, bool metal, double transference, Flat<double> layer_numbers,
         Flat<double> phase_numbers, Flat<double> cell_numbers, Flat<double> steps, Flat<double> groups,
         Flat<double> state_in, Flat<double> snapshot_times, Flat<double> settings, Out<double> rows, Out<double> ends,
         Out<int> causes, Out<double> snapshots, Out<double> state_out, Out<double> report, int threads, int pack_size) {
        nb::gil_scoped_release released;
        Batch batch;
        build(batch.structure, layers, phases, share, curves, salt, salt_top, radial, metal, transference);
        const double* s = settings.data();
        batch.settings = {s[0], s[1], s[2], s[3], s[4], s[5], s[6], static_cast<long>(s[7]), static_cast<int>(s[8]),
                          static_cast<int>(s[9])};
        batch.designs = static_cast<long>(cell_numbers.shape(0));
        batch.layer_numbers = layer_numbers.data();
        batch.phase_numbers = phase_numbers.data();
        batch.cell_numbers = cell_numbers.data();
        batch.doors.resize(batch.designs);
        const std::size_t width = row_columns + batch.structure.shape.phases.size(), size = state_out.shape(1);
        const std::size_t counts = steps.shape(1), group_count = groups.shape(1), times = snapshot_times.shape(0);
        for (long i = 0; i < batch.designs; ++i) {
          Door& door = batch.doors[i];
          door.steps = steps.data() + i * counts * step_columns;
          while (door.step_count < static_cast<int>(counts) && door.steps[door.step_count * step_columns] >= 0) ++door.step_count;
          door.groups = groups.data() + i * group_count * batch.structure.shape.phases.size();
          door.group_count = static_cast<int>(group_count);
          door.state_in = state_in.shape(0) ? state_in.data() + i * size : nullptr;
          door.capacity = static_cast<long>(rows.shape(1));
          door.rows = rows.data() + i * door.capacity * width;
          door.ends = ends.data() + i * counts * width;
          door.cause = causes.data() + i * counts;
          door.snapshot_times = snapshot_times.data();
          door.snapshots = static_cast<int>(times);
          door.snapshot = snapshots.data() + i * times * size;
          door.state_out = state_out.data() + i * size;
        }
        std::atomic<long> next{0};
        const auto work = [&] {
          if (pack_size > 1) batch.run_packs<pack<native_lanes>>(next); else batch.run_packs<double>(next);
        };
        std::vector<std::thread> team;
        for (int k = 1; k < threads; ++k) team.emplace_back(work);
        work();
        for (std::thread& one : team) one.join();
        for (long i = 0; i < batch.designs; ++i) {
          const Door& door = batch.doors[i];
          const double figures[] = {static_cast<double>(door.outcome), static_cast<double>(door.place_node),
                                    static_cast<double>(door.place_phase), door.time, static_cast<double>(door.written),
                                    static_cast<double>(door.accepted), static_cast<double>(door.refused),
                                    static_cast<double>(door.failed), static_cast<double>(door.snapshots_done)};
          std::memcpy(report.data() + i * 9, figures, sizeof figures);
        }
      });
}
