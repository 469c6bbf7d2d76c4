// The solver's parts against references, and small cells run to their end, without Python in between.
// tests/verification/test_kernel_parts.py compiles it, in make verify with the address and undefined-behaviour sanitizers.
#include <cstdio>
#include <random>
#include "run.hpp"

using namespace alloycell;

namespace {

int wrong = 0;

void expect(bool holds, const char* sentence, double figure = 0.0) {
  if (holds) return;
  ++wrong;
  std::printf("does not hold: %s (%.3g)\n", sentence, figure);
}

double distance(double a, double b) { return std::fabs(a - b) / std::fmax(1e-300, std::fmax(std::fabs(a), std::fabs(b))); }

std::mt19937_64 draw(20251120);
double uniform(double low, double high) { return std::uniform_real_distribution<double>(low, high)(draw); }

// ---- logarithm, exponential
template <class V> void elementary() {
  double worst_log = 0.0, worst_exp = 0.0;
  for (int i = 0; i < 20000; ++i) {
    const double x = std::exp(uniform(-690.0, 690.0)), near = 1.0 + uniform(-1e-3, 1e-3), y = uniform(-699.0, 699.0);
    worst_log = std::fmax(worst_log, distance(get(logarithm(V(x)), 0), std::log(x)));
    expect(std::fabs(get(logarithm(V(near)), 0) - std::log(near)) < 4e-16, "the logarithm is exact near 1", near);
    worst_exp = std::fmax(worst_exp, distance(get(exponential(V(y)), 0), std::exp(y)));
  }
  expect(worst_log < 1e-15, "the logarithm is exact to rounding", worst_log);
  expect(worst_exp < 1e-15, "the exponential is exact to rounding", worst_exp);
  expect(get(logarithm(V(1.0)), 0) == 0.0 && get(exponential(V(0.0)), 0) == 1.0, "log 1 is 0 and exp 0 is 1");
  expect(std::isfinite(get(exponential(V(1e5)), 0)) && get(exponential(V(-1e5)), 0) > 0.0, "exp stays finite and positive");
}

// ---- tables
double cubic(double x) { return ((0.7 * x - 1.3) * x + 0.2) * x + 4.0; }
double cubic_slope(double x) { return (2.1 * x - 2.6) * x + 0.2; }

std::vector<double> pieces_of(double (*f)(double), double (*slope)(double)) {
  std::vector<double> x(Octaves::nodes), value(Octaves::nodes), rise(Octaves::nodes), pieces(4 * Octaves::intervals);
  octave_grid(x.data());
  for (int i = 0; i < Octaves::nodes; ++i) value[i] = f(x[i]), rise[i] = slope(x[i]);
  octave_pieces(value.data(), rise.data(), pieces.data());
  return pieces;
}

template <class V> void tables() {
  const std::vector<double> pieces = pieces_of(cubic, cubic_slope);
  const auto read = [&](double x, double& value, double& slope) {
    V v, s;
    octave_value(pieces.data(), octave_place(V(x)), v, s);
    value = get(v, lanes<V> - 1), slope = get(s, lanes<V> - 1);
  };
  double value, slope, worst = 0.0, worst_slope = 0.0;
  for (int i = 0; i < 20000; ++i) {
    const double small = std::exp(uniform(std::log(4e-5), std::log(0.5))), x = i % 2 ? small : 1.0 - small;
    read(x, value, slope);
    worst = std::fmax(worst, std::fabs(value - cubic(x)));
    worst_slope = std::fmax(worst_slope, std::fabs(slope - cubic_slope(x)));
  }
  expect(worst < 1e-13, "a table of a cubic is the cubic", worst);
  expect(worst_slope < 1e-8, "so is its slope", worst_slope);
  const double first = Octaves::least;
  for (double x : {-0.01, 0.0, 1e-6}) {
    read(x, value, slope);
    expect(std::fabs(value - (cubic(first) + (x - first) * cubic_slope(first))) < 1e-12, "a table goes on straight below", x);
    read(1 - x, value, slope);
    expect(std::fabs(value - (cubic(1 - first) - (x - first) * cubic_slope(1 - first))) < 1e-12, "and above", x);
  }
  if constexpr (lanes<V> > 1) {
    double base[128];
    for (int i = 0; i < 128; ++i) base[i] = i * i;
    typename bits_of<V>::type at{};
    for (int lane = 0; lane < lanes<V>; ++lane) at[lane] = 4 * ((5 * lane) % 16);
    V found[4];
    piece_at(base, at, found);
    for (int lane = 0; lane < lanes<V>; ++lane)
      for (int k = 0; k < 4; ++k) expect(get(found[k], lane) == base[at[lane] + k], "every lane reads its own piece", lane);
  }
}

// ---- shapes of cells
struct Model {
  std::vector<double> falling, other, even, salt, radial;
  Shape shape;
};

double potential(double x) { return 0.6 - 0.5 * x + std::exp(-x / 1.5e-4) - std::exp(-(1 - x) / 1.5e-4); }
double potential_slope(double x) { return -0.5 - (std::exp(-x / 1.5e-4) + std::exp(-(1 - x) / 1.5e-4)) / 1.5e-4; }
double higher(double x) { return potential(x) + 0.1; }
double diffusing(double x) { return 1.0 + 0.5 * x; }
double diffusing_slope(double) { return 0.5; }

// Two layers against one: modes with hysteresis, shells with a varying diffusivity, modes; salt of constant properties.
void build(Model& m, bool metal, bool thermal) {
  m.falling = pieces_of(potential, potential_slope);
  m.other = pieces_of(higher, potential_slope);
  m.even = pieces_of(diffusing, diffusing_slope);
  m.radial = {0.0, 20.19, 3.0, 2.0};  // two modes; then volumes of four shells, and areas over distances of their faces
  const double edge[] = {0.0, 0.5, 0.8, 0.95, 1.0};
  double volume[4], square[4];
  for (int i = 0; i < 4; ++i) {
    volume[i] = (std::pow(edge[i + 1], 3) - std::pow(edge[i], 3)) / 3;
    square[i] = (std::pow(edge[i + 1], 5) - std::pow(edge[i], 5)) / 5 / volume[i];
    m.radial.push_back(volume[i]);
  }
  for (int i = 0; i < 3; ++i) m.radial.push_back(2 * std::pow(edge[i + 1], 3) / (square[i + 1] - square[i]));
  m.radial.push_back(0.5 * (1 - square[3]));
  const int intervals = 4;
  const double level[4] = {3e-10, 0.9, 1.0, 0.3};
  for (int i = 0; i < intervals; ++i)
    for (int k = 0; k < 4; ++k) m.salt.insert(m.salt.end(), {level[k], 0.0, 0.0, 0.0});
  Shape& s = m.shape;
  s.curves = {m.falling.data(), m.other.data(), m.even.data()};
  s.salt = {m.salt.data(), intervals, 4000.0};
  s.metal = metal;
  s.thermal = thermal;
  s.constant_transference = s.constant_factor = true;
  s.transference = 0.3;
  const auto phase = [&](int layer, int radial, int high, int hysteresis) {
    Phase p{};
    p.layer = layer, p.radial = radial, p.points = radial == modal ? 2 : 4;
    p.low = 0, p.high = high, p.diffusivity = radial == shells ? 2 : -1, p.exchange = -1, p.hysteresis = hysteresis;
    p.lambda = m.radial.data() + (radial == modal ? 0 : 4);
    p.weight = p.lambda + p.points;
    p.mean_weight = 3.0;
    s.phases.push_back(p);
  };
  if (!metal) {
    s.layers = {{negative_side, 0, 3, 0, 2}, {negative_side, 0, 2, 2, 1}};
    phase(0, modal, 1, one_state), phase(0, shells, 0, no_hysteresis), phase(1, modal, 0, no_hysteresis);
  }
  const int first = static_cast<int>(s.phases.size());
  s.layers.push_back({separator_side, 0, 4, first, 0});
  s.layers.push_back({positive_side, 0, 3, first, 1});
  phase(static_cast<int>(s.layers.size()) - 1, shells, 0, no_hysteresis);
  for (const Layer& layer : s.layers)
    for (int i = 0; i < layer.nodes; ++i) s.share.push_back(1.0 / layer.nodes);
}

struct Rows { std::vector<double> layers, phases, cell; };

Rows rows_of(const Shape& shape) {
  Rows r;
  for (const Layer& layer : shape.layers) {
    const double porosity = layer.side == separator_side ? 0.5 : 0.35;
    r.layers.insert(r.layers.end(), {4e-5, porosity, std::pow(porosity, 1.5), 10.0});
  }
  for (const Phase& phase : shape.phases) {
    const bool negative = shape.layers[phase.layer].side == negative_side;
    std::vector<double> row(phase_columns, 0.0);
    row[phase_area] = 3e5, row[phase_radius] = 3e-6, row[phase_capacity] = 3e4, row[phase_diffusivity] = 2e-14;
    row[phase_rate] = 2.0, row[phase_film] = 1e-3, row[phase_slope] = 1.0;
    row[phase_decay] = phase.hysteresis == one_state ? 30.0 : 0.0;
    row[phase_theta] = negative ? 0.8 : 0.2, row[phase_h] = 0.0;
    r.phases.insert(r.phases.end(), row.begin(), row.end());
  }
  r.cell.assign(cell_columns, 0.0);
  r.cell[cell_temperature] = 298.15, r.cell[cell_salt] = 1000.0, r.cell[cell_metal_rate] = 10.0;
  r.cell[cell_heat_capacity] = 1000.0, r.cell[cell_heat_transfer] = 10.0, r.cell[cell_ambient] = 298.15;
  return r;
}

// ---- elimination against Gauss with pivots
template <bool full> void elimination() {
  Model m;
  build(m, false, false);
  lay_out<double>(m.shape);
  const int n = m.shape.n, nn = m.shape.n_negative, start = nn + m.shape.n_separator;
  Arena<double> arena(memory_size<double>(m.shape) + 64);
  Blocks<double> k = take_memory<double>(m.shape, arena).blocks;
  const auto electrode = [&](int i) { return i < nn || i >= start; };
  std::vector<int> c(n), p(n, -1);
  int size = 0;
  for (int i = 0; i < n; ++i) {
    c[i] = size++;
    if (electrode(i)) p[i] = size++;
  }
  std::vector<std::vector<double>> a(size, std::vector<double>(size + 2, 0.0));
  for (int i = 0; i < n; ++i) {
    const auto put_in = [&](double* place, int row, int column, double value) {
      place[i] = value;
      if (column >= 0) a[row][column] = value;
    };
    for (int side : {-1, 1}) {
      const int other = i + side;
      if (other < 0 || other >= n) continue;
      const Coupling<double>& at = side < 0 ? k.left : k.right;
      const bool both_inside = electrode(i) && electrode(other) && (i < nn) == (other < nn);
      put_in(at.a, c[i], c[other], uniform(-1, 1));
      if (electrode(i)) put_in(at.q, p[i], c[other], uniform(-1, 1));
      if (both_inside) put_in(at.d, p[i], p[other], uniform(-1, 1));
      if (both_inside && full) put_in(at.b, c[i], p[other], uniform(-1, 1));
    }
    put_in(k.own.a, c[i], c[i], uniform(6, 9));
    k.r1[i] = a[c[i]][size] = uniform(-1, 1);
    k.z1[i] = a[c[i]][size + 1] = uniform(-1, 1);
    if (!electrode(i)) continue;
    put_in(k.own.b, c[i], p[i], uniform(-1, 1));
    put_in(k.own.q, p[i], c[i], uniform(-1, 1));
    put_in(k.own.d, p[i], p[i], uniform(6, 9));
    k.r2[i] = a[p[i]][size] = uniform(-1, 1);
    k.z2[i] = a[p[i]][size + 1] = uniform(-1, 1);
  }
  solve_blocks<full, true>(m.shape, k);
  for (int column = 0; column < size; ++column) {
    int best = column;
    for (int row = column; row < size; ++row)
      if (std::fabs(a[row][column]) > std::fabs(a[best][column])) best = row;
    std::swap(a[column], a[best]);
    for (int row = 0; row < size; ++row) {
      const double factor = row == column ? 0.0 : a[row][column] / a[column][column];
      for (int x = column; x < size + 2; ++x) a[row][x] -= factor * a[column][x];
    }
  }
  double worst = 0.0;
  for (int i = 0; i < n; ++i) {
    const auto compare = [&](int row, double y, double w) {
      worst = std::fmax(worst, std::fabs(y - a[row][size] / a[row][row]));
      worst = std::fmax(worst, std::fabs(w - a[row][size + 1] / a[row][row]));
    };
    compare(c[i], k.y1[i], k.w1[i]);
    if (electrode(i)) compare(p[i], k.y2[i], k.w2[i]);
  }
  expect(worst < 1e-13, "elimination gives what Gauss gives", worst);
}

// ---- backward differences
void differences() {
  for (int order = 1; order <= highest_order; ++order) {
    Clock clock;
    clock.restart(0.0);
    std::vector<double> t{0.0};
    for (int i = 0; i < order; ++i) clock.push(t.emplace_back(t.back() + uniform(0.5, 2.0)));
    clock.order = order;
    const double time = t.back() + uniform(0.5, 2.0);
    Coefficients<double> k;
    k.clear();
    k.set(0, clock, time);
    for (int power = 0; power <= order; ++power) {
      double predicted = 0.0, rate = k.alpha * std::pow(time, power);
      for (int i = 0; i < clock.count; ++i) {
        predicted += k.predict[clock.slot[i]] * std::pow(clock.t[i], power);
        rate += k.rest[clock.slot[i]] * std::pow(clock.t[i], power);
      }
      const double exact = power ? power * std::pow(time, power - 1) : 0.0, size = std::pow(time, power);
      expect(std::fabs(predicted - size) < 1e-10 * size, "a polynomial of the order is predicted", order);
      expect(std::fabs(rate - exact) < 1e-10 * size, "and differentiated exactly", order);
    }
  }
}

// ---- cells
struct Ended { std::vector<double> ends, state, rows; std::vector<int> cause; Door door; };

template <class S> std::vector<Ended> run_cells(Model& m, const std::vector<double>& steps, long capacity) {
  lay_out<S>(m.shape);
  const Rows r = rows_of(m.shape);
  std::vector<PhaseNumbers<S>> numbers(m.shape.phases.size());
  Design<S> design{};
  design.shape = &m.shape;
  std::vector<PhaseHeat<S>> warm(numbers.size());
  design.phase = numbers.data();
  design.heat.phase = warm.data();
  const std::size_t room = m.shape.n + 1 + 2 * wide<S>::step;
  Arena<S> of_design(8 * (room + 2 * wide<S>::step)), arena(run_size<S>(m.shape));
  for (S** place : {&design.width, &design.storage, &design.path, &design.solid, &design.open}) *place = of_design.take(room);
  design.path_ions = m.shape.thermal ? of_design.take(room) : design.path;
  design.heat.path = m.shape.thermal ? of_design.take(room) : nullptr;
  Settings settings;
  settings.newton_most = 15;
  Run<S> run(m.shape, design, settings, arena);
  const int count = static_cast<int>(steps.size() / step_columns), width = row_columns + static_cast<int>(m.shape.phases.size());
  std::vector<Ended> found(lanes<S>);
  for (int lane = 0; lane < lanes<S>; ++lane) {
    Ended& e = found[lane];
    e.ends.assign(count * width, 0.0), e.cause.assign(count, 0), e.rows.assign(capacity * width, 0.0);
    e.state.assign(for_each_number<S>(m.shape, [](int, int) {}), 0.0);
    e.door.steps = steps.data(), e.door.step_count = count, e.door.ends = e.ends.data(), e.door.cause = e.cause.data();
    e.door.rows = e.rows.data(), e.door.capacity = capacity, e.door.state_out = e.state.data();
    fill_lane(design, lane, r.layers.data(), r.phases.data(), r.cell.data());
    run.enter(lane, e.door, r.phases.data());
  }
  run.go();
  return found;
}

std::vector<double> step(int kind, double value, double duration, double low = -1e300, double high = 1e300, double cut = 0.0) {
  std::vector<double> row(step_columns, 0.0);
  row[step_kind] = kind, row[step_value] = value, row[step_duration] = duration;
  row[step_low_voltage] = low, row[step_high_voltage] = high, row[step_cut_current] = cut;
  row[step_charge] = 1e300, row[step_group] = -1, row[step_low_content] = -1e300, row[step_high_content] = 1e300;
  row[step_margin] = -1e300, row[step_profile] = -1;
  return row;
}

std::vector<double> protocol(std::initializer_list<std::vector<double>> steps) {
  std::vector<double> all;
  for (const auto& row : steps) all.insert(all.end(), row.begin(), row.end());
  return all;
}

// Lithium [mol/m2] of one electrode in a row of output.
double lithium(const Model& m, const double* row, int side) {
  double sum = 0.0;
  for (std::size_t q = 0; q < m.shape.phases.size(); ++q)
    if (m.shape.layers[m.shape.phases[q].layer].side == side) sum += row[row_columns + q] * 3e5 * 3e-6 / 3 * 3e4 * 4e-5;
  return sum;
}

template <class S> void cells(bool metal, bool thermal) {
  Model m;
  build(m, metal, thermal);
  const double low = metal ? 0.05 : -0.45, high = metal ? 0.8 : 0.4;
  const auto five = protocol({step(hold_current, 20.0, 1e5, low), step(hold_current, 0.0, 600.0),
                              step(hold_current, -20.0, 1e5, -1e300, high), step(hold_voltage, high, 1e5, -1e300, 1e300, 1.0),
                              step(hold_power, 1.0, 60.0, low), step(hold_current, 0.0, 0.0)});
  const auto whole = run_cells<S>(m, five, 4000);
  for (const Ended& e : whole) {
    expect(e.door.outcome == finished, "a cell runs through six steps", e.door.outcome);
    expect(e.cause[0] == by_low_voltage && e.cause[1] == by_time && e.cause[2] == by_high_voltage && e.cause[3] == by_current,
           "its steps end where they should");
    for (double x : e.state) expect(std::isfinite(x), "its state is finite");
    const double *first = e.rows.data(), *last = e.ends.data() + 5 * (row_columns + m.shape.phases.size());
    const double passed = last[row_charge] / faraday, gained = lithium(m, last, positive_side) - lithium(m, first, positive_side);
    expect(std::fabs(gained - passed) < 1e-12, "the positive gains what passed", gained - passed);
    const double left = lithium(m, first, negative_side) - lithium(m, last, negative_side);
    expect(metal || std::fabs(left - passed) < 1e-12, "the negative loses it", left - passed);
    expect(e.ends == whole[0].ends && e.state == whole[0].state, "lanes do not know of each other");
  }
  const auto short_of_room = run_cells<S>(m, five, 3);
  expect(short_of_room[0].door.outcome == output_full && short_of_room[0].door.written == 3, "rows that are full end a run");
  const auto harsh = run_cells<S>(m, protocol({step(hold_current, 5e4, 1e5, low), step(hold_current, 1e-16, 1e9, low),
                                               step(hold_current, -800.0, 1e4, -1e300, 50.0)}), 0);
  for (double x : harsh[0].state) expect(std::isfinite(x), "absurd currents leave a finite state");
  const auto absurd = run_cells<S>(m, protocol({step(hold_power, 1e12, 1.0)}), 0);
  expect(absurd[0].door.outcome == no_start, "a power that no state gives cannot begin", absurd[0].door.outcome);
  expect(run_cells<S>(m, {}, 0)[0].door.outcome == finished, "no step at all is finished at once");
}

}  // namespace

int main() {
  using Wide = pack<native_lanes>;
  elementary<double>();
  elementary<Wide>();
  tables<double>();
  tables<Wide>();
  elimination<false>();
  elimination<true>();
  differences();
  for (bool thermal : {false, true}) {
    cells<double>(false, thermal);
    cells<Wide>(false, thermal);
    cells<double>(true, thermal);
    cells<Wide>(true, thermal);
  }
  std::printf(wrong ? "%d sentences do not hold\n" : "all sentences hold\n", wrong);
  return wrong != 0;
}
