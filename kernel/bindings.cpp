// Flat arrays in, flat arrays and an outcome out. The only file that knows Python.
#include <nanobind/nanobind.h>
#include <nanobind/ndarray.h>
#include <atomic>
#include <thread>
#include "run.hpp"

namespace nb = nanobind;
using namespace alloycell;
using namespace nb::literals;

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
      phase.other = phase.radial == inner_face ? to[phase_table] : -1;  // such a phase has no table
      phase.lambda = out.radial.data() + (phase.radial == inner_face ? 0 : to[phase_table]);
      phase.weight = phase.lambda + phase.points;
      double volume = 0.0;
      for (int k = 0; k < phase.points; ++k) volume += phase.lambda[k];
      phase.mean_weight = phase.radial == modal ? phase.weight[0] : phase.points ? 1.0 / volume : 1.0;
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

// Numbers of designs one after another; derivatives of them stand in arrays of their own, or nowhere (nullptr).
struct Numbers { const double *layers = nullptr, *phases = nullptr, *cell = nullptr; };

// One pack after another is taken by the threads; each writes only to its own designs.
struct Batch {
  Structure structure;
  Settings settings;
  long designs;
  Numbers numbers, slopes;
  std::vector<Door> doors;

  template <class S> void run_packs(std::atomic<long>& next) {
    using X = number_of<S>;
    Shape shape = structure.shape, plain_shape = structure.shape;
    shape.thermal = plain_shape.thermal = numbers.cell[cell_heat_capacity] > 0.0;
    lay_out<S>(shape);
    lay_out<double>(plain_shape);
    Workplace<S> moving(shape), still(shape);
    Workplace<double> plain(plain_shape);
    Arena<S> arena(run_size<S>(shape));
    Beside<S> beside{};
    if constexpr (differentiates<S>) beside = {&plain.design, &still.design};
    Run<S> run(shape, moving.design, settings, arena, beside);
    const std::size_t layers = shape.layers.size() * layer_columns, phases = shape.phases.size() * phase_columns;
    Inputs<X> layer, phase, cell;
    for (long pack; (pack = next.fetch_add(1)) * lanes<S> < designs;) {
      for (int lane = 0; lane < lanes<S>; ++lane) {
        const long i = pack * lanes<S> + lane, from = i < designs ? i : designs - 1;
        if constexpr (differentiates<S>) {
          fill_lane(still.design, lane, layer.read(numbers.layers, nullptr, from, layers),
                    phase.read(numbers.phases, nullptr, from, phases), cell.read(numbers.cell, nullptr, from, cell_columns));
          fill_lane(plain.design, 0, numbers.layers + from * layers, numbers.phases + from * phases,
                    numbers.cell + from * cell_columns);
        }
        const X* own = phase.read(numbers.phases, slopes.phases, from, phases);
        fill_lane(moving.design, lane, layer.read(numbers.layers, slopes.layers, from, layers), own,
                  cell.read(numbers.cell, slopes.cell, from, cell_columns));
        Door idle;
        run.enter(lane, i < designs ? doors[i] : idle, own);
      }
      run.go();
    }
  }

 private:
  // A design and the memory of its arrays.
  template <class S> struct Workplace {
    std::vector<PhaseNumbers<S>> phases;
    std::vector<PhaseHeat<S>> warm;
    Arena<S> arena;
    Design<S> design{};
    explicit Workplace(const Shape& shape)
        : phases(shape.phases.size()), warm(phases.size()), arena(8 * (places(shape) + 2 * wide<S>::step)) {
      design.shape = &shape;
      design.phase = phases.data();
      for (S** place : {&design.width, &design.storage, &design.path, &design.solid, &design.open})
        *place = arena.take(places(shape));
      design.path_ions = shape.thermal ? arena.take(places(shape)) : design.path;
      design.heat.path = shape.thermal ? arena.take(places(shape)) : nullptr;
      design.heat.phase = warm.data();
    }
    static std::size_t places(const Shape& shape) { return shape.n + 1 + 2 * wide<S>::step; }
  };

  // The inputs of one design: where they stand, or copied beside their derivatives.
  template <class X> struct Inputs {
    std::vector<X> copy;
    const X* read(const double* values, const double* slopes, long design, std::size_t count) {
      if constexpr (differentiates<X>) {
        copy.resize(count);
        for (std::size_t k = 0; k < count; ++k) copy[k] = input<X>(values, slopes, design * count + k);
        return copy.data();
      } else {
        return values + design * count;
      }
    }
  };
};

// Everything of a call that both entrances share.
void receive(Batch& batch, const Flat<int>& layers, const Flat<int>& phases, const Flat<double>& share,
             const Flat<double>& curves, const Flat<double>& salt, double salt_top, const Flat<double>& radial, bool metal,
             double transference, const Flat<double>& layer_numbers, const Flat<double>& phase_numbers,
             const Flat<double>& cell_numbers, const Flat<double>& steps, const Flat<double>& profile, const Flat<double>& groups,
             const Flat<double>& state_in, const Flat<double>& snapshot_times, const Flat<double>& settings, Out<double>& rows,
             Out<double>& ends, Out<int>& causes, Out<double>& snapshots, Out<double>& state_out) {
  build(batch.structure, layers, phases, share, curves, salt, salt_top, radial, metal, transference);
  const double* s = settings.data();
  batch.settings = {s[0], s[1], s[2], s[3], s[4], s[5], s[6], static_cast<long>(s[7]), static_cast<int>(s[8]),
                    static_cast<int>(s[9])};
  batch.designs = static_cast<long>(cell_numbers.shape(0));
  batch.numbers = {layer_numbers.data(), phase_numbers.data(), cell_numbers.data()};
  batch.doors.resize(batch.designs);
  const std::size_t width = row_columns + batch.structure.shape.phases.size(), size = state_out.shape(1);
  const std::size_t counts = steps.shape(1), group_count = groups.shape(1), times = snapshot_times.shape(0);
  for (long i = 0; i < batch.designs; ++i) {
    Door& door = batch.doors[i];
    door.steps = steps.data() + i * counts * step_columns;
    while (door.step_count < static_cast<int>(counts) && door.steps[door.step_count * step_columns] >= 0) ++door.step_count;
    door.profile = profile.data();
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
}

template <class S> void share_out(Batch& batch, int threads) {
  std::atomic<long> next{0};
  const auto work = [&] { batch.run_packs<S>(next); };
  std::vector<std::thread> team;
  for (int k = 1; k < threads; ++k) team.emplace_back(work);
  work();
  for (std::thread& one : team) one.join();
}

void tell(const Batch& batch, Out<double>& report) {
  for (long i = 0; i < batch.designs; ++i) {
    const Door& door = batch.doors[i];
    const double figures[] = {static_cast<double>(door.outcome), static_cast<double>(door.place_node),
                              static_cast<double>(door.place_phase), door.time, static_cast<double>(door.written),
                              static_cast<double>(door.accepted), static_cast<double>(door.refused),
                              static_cast<double>(door.failed), static_cast<double>(door.snapshots_done)};
    std::memcpy(report.data() + i * 9, figures, sizeof figures);
  }
}

}  // namespace

NB_MODULE(KERNEL_MODULE, module) {
  module.doc() = "Porous-electrode solver: flat arrays in, flat arrays out.";
  module.attr("lanes") = native_lanes;
  module.attr("sources") = KERNEL_SOURCES;
  module.def("octave_nodes", [] { return static_cast<int>(Octaves::nodes); });
  module.def("octave_grid", [](Out<double> x) { octave_grid(x.data()); }, "x"_a);
  const auto entrance = [&](const char* name, auto function, auto... more) {
    module.def(name, function, "layers"_a, "phases"_a, "share"_a, "curves"_a, "salt"_a, "salt_top"_a, "radial"_a, "metal"_a,
               "transference"_a, "layer_numbers"_a, "phase_numbers"_a, "cell_numbers"_a, "steps"_a, "profile"_a, "groups"_a,
               "state_in"_a, "snapshot_times"_a, "settings"_a, "rows"_a, "ends"_a, "causes"_a, "snapshots"_a, "state_out"_a,
               "report"_a, "threads"_a, more...);
  };
  entrance(
      "run",
      [](Flat<int> layers, Flat<int> phases, Flat<double> share, Flat<double> curves, Flat<double> salt, double salt_top,
         Flat<double> radial, bool metal, double transference, Flat<double> layer_numbers,
         Flat<double> phase_numbers, Flat<double> cell_numbers, Flat<double> steps, Flat<double> profile, Flat<double> groups,
         Flat<double> state_in, Flat<double> snapshot_times, Flat<double> settings, Out<double> rows, Out<double> ends,
         Out<int> causes, Out<double> snapshots, Out<double> state_out, Out<double> report, int threads, int pack_size) {
        nb::gil_scoped_release released;
        Batch batch;
        receive(batch, layers, phases, share, curves, salt, salt_top, radial, metal, transference, layer_numbers, phase_numbers,
                cell_numbers, steps, profile, groups, state_in, snapshot_times, settings, rows, ends, causes, snapshots, state_out);
        if (pack_size > 1) share_out<pack<native_lanes>>(batch, threads); else share_out<double>(batch, threads);
        tell(batch, report);
      },
      "pack_size"_a);
  // The same with derivatives along `lanes` directions: arrays of slopes are those of values with a last axis of directions.
  entrance(
      "run_derivatives",
      [](Flat<int> layers, Flat<int> phases, Flat<double> share, Flat<double> curves, Flat<double> salt, double salt_top,
         Flat<double> radial, bool metal, double transference, Flat<double> layer_numbers,
         Flat<double> phase_numbers, Flat<double> cell_numbers, Flat<double> steps, Flat<double> profile, Flat<double> groups,
         Flat<double> state_in, Flat<double> snapshot_times, Flat<double> settings, Out<double> rows, Out<double> ends,
         Out<int> causes, Out<double> snapshots, Out<double> state_out, Out<double> report, int threads,
         Flat<double> layer_slopes, Flat<double> phase_slopes, Flat<double> cell_slopes, Flat<double> step_slopes,
         Flat<double> group_slopes, Out<double> row_slopes, Out<double> end_slopes) {
        nb::gil_scoped_release released;
        Batch batch;
        receive(batch, layers, phases, share, curves, salt, salt_top, radial, metal, transference, layer_numbers, phase_numbers,
                cell_numbers, steps, profile, groups, state_in, snapshot_times, settings, rows, ends, causes, snapshots, state_out);
        batch.slopes = {layer_slopes.data(), phase_slopes.data(), cell_slopes.data()};
        for (Door& door : batch.doors) {
          door.step_slopes = step_slopes.data() + (door.steps - steps.data()) * native_lanes;
          door.group_slopes = group_slopes.data() + (door.groups - groups.data()) * native_lanes;
          door.row_slopes = row_slopes.data() + (door.rows - rows.data()) * native_lanes;
          door.end_slopes = end_slopes.data() + (door.ends - ends.data()) * native_lanes;
        }
        share_out<dual>(batch, threads);
        tell(batch, report);
      },
      "layer_slopes"_a, "phase_slopes"_a, "cell_slopes"_a, "step_slopes"_a, "group_slopes"_a, "row_slopes"_a, "end_slopes"_a);
}
