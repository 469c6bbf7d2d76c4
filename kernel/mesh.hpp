// What a batch of designs has in common (Shape) and the numbers of each design (Design):
// control volumes through negative collector, layers, separator, layers, positive collector.
#pragma once
#include <algorithm>
#include <memory>
#include <vector>
#include "dual.hpp"

namespace alloycell {

inline constexpr double faraday = 96485.33212, gas_constant = 8.31446261815324;

enum Side { negative_side = 0, separator_side = 1, positive_side = 2 };
enum Radial { modal = 0, shells = 1, inner_face = 2 };
enum Hysteresis { no_hysteresis = 0, one_state = 1, current_sign = 2 };

struct Layer { int side, first, nodes, phase_first, phases; };

struct Phase {
  int layer, node, nodes;          // first control volume and how many
  int radial, points;              // kind and number of radial unknowns
  int low, high;                   // curves: lithiation, delithiation potential
  int diffusivity, exchange;       // curves of shape 1 at the reference, -1 where constant
  int hysteresis;
  int at;                          // offset among arrays over (phase, node)
  int state_at, hysteresis_at;     // offsets in the tracked vector; hysteresis_at -1 without
  const double* lambda;            // modal: decay numbers; shells: volumes
  const double* weight;            // modal: weights of the surface flux; shells: reaches
  double mean_weight;              // d(mean theta)/dt = -mean_weight j / (F capacity radius)
  int other = -1;                  // the phase at the other face of the same slab, -1 in particles and open films
};

// A film that exchanges at both faces: its two phases, and the closed face of the mesh between them.
struct Slab { int outer, inner, face; };

// Offsets of the tracked vector: [I | p | theta | j | c | h | T | shells | modes], all padded; T only where it moves.
struct Tracked { int current, p, theta, j, c, h, temperature, shell, mode, total; };

struct Shape {
  std::vector<Layer> layers;
  std::vector<Phase> phases;
  std::vector<double> share;          // width of each control volume as a share of its layer
  std::vector<const double*> curves;  // octave pieces
  std::vector<Slab> slabs;
  SaltTable salt;
  bool metal = false;                 // lithium metal in place of the negative
  bool thermal = false;               // the temperature moves with the heat
  bool constant_transference = false;  // t+ does not depend on concentration
  bool constant_factor = false;        // nor does the thermodynamic factor
  double transference;                // reference of the transference number
  int n, n_negative, n_separator, n_positive;
  int points;                         // padded number of (phase, node) places
  Tracked tracked;
};

inline int shape_side(const Shape& shape, const Phase& phase) { return shape.layers[phase.layer].side; }

template <class S> inline void lay_out(Shape& shape) {
  int node = 0, place = 0;
  int counts[3] = {0, 0, 0};
  for (Layer& layer : shape.layers) {
    layer.first = node;
    node += layer.nodes;
    counts[layer.side] += layer.nodes;
  }
  for (Phase& phase : shape.phases) {
    phase.node = shape.layers[phase.layer].first;
    phase.nodes = shape.layers[phase.layer].nodes;
    phase.at = place;
    place += padded<S>(phase.nodes);
  }
  shape.slabs.clear();
  for (std::size_t q = 0; q < shape.phases.size(); ++q) {
    if (shape.phases[q].radial != inner_face) continue;
    const int outer = shape.phases[q].other, face = std::max(shape.phases[q].node, shape.phases[outer].node);
    shape.slabs.push_back({outer, static_cast<int>(q), face});
    shape.phases[outer].other = static_cast<int>(q);
  }
  shape.n = node;
  shape.n_negative = counts[negative_side];
  shape.n_separator = counts[separator_side];
  shape.n_positive = counts[positive_side];
  shape.points = place;
  const int gap = wide<S>::step, wide_n = padded<S>(node) + gap;
  Tracked& t = shape.tracked;
  t.current = 0;
  t.p = gap;
  t.theta = t.p + wide_n;
  t.j = t.theta + place;
  t.c = t.j + place;
  t.h = t.c + wide_n;
  int next = t.h;
  for (Phase& phase : shape.phases) {
    phase.hysteresis_at = phase.hysteresis == one_state ? next : -1;
    if (phase.hysteresis == one_state) next += padded<S>(phase.nodes);
  }
  t.temperature = next;
  if (shape.thermal) next += gap;
  t.shell = next;
  for (int kind : {shells, modal}) {
    if (kind == modal) t.mode = next;
    for (Phase& phase : shape.phases) {
      if (phase.radial != kind) continue;
      phase.state_at = next;
      next += phase.points * padded<S>(phase.nodes);
    }
  }
  t.total = next;
}

// Numbers of one phase of one layer.
template <class S> struct PhaseNumbers {
  S area, radius, capacity;      // surface per volume [1/m], [m], lithium when full [mol/m3]
  S diffusivity, rate, film;     // [m2/s], rate k of j0 = k sqrt(c/c_ref theta (1-theta)) [A/m2], [ohm m2]
  S decay, exponent, slope;      // hysteresis: rate constant, Wycisk exponent and reference slope [V]
};

// What the numbers of a phase are at the reference temperature, and by which activation energies over R [K] they grow.
template <class S> struct PhaseHeat { S diffusivity, rate, diffusion_energy, rate_energy; };

// The same for the cell, and what makes its temperature move. Filled only where the temperature moves.
template <class S> struct Heat {
  S capacity, transfer, ambient;                 // [J/m2/K], [W/m2/K], [K]
  S reference, metal_rate;                       // [K], [A/m2]
  S diffusion_energy, conduction_energy, metal_energy;  // of the salt and of lithium metal [K]
  S* path;                                       // as in the design, at the reference
  PhaseHeat<S>* phase;
};

// Numbers of a pack of designs.
template <class S> struct Design {
  const Shape* shape;
  S temperature, contact, salt, metal_rate;   // [K], [ohm m2], [mol/m3], [A/m2]
  S* width; S* storage; S* path;              // [m], porosity * width, width / (2 * transport efficiency)
  S* path_ions;                               // that of ionic current; the same place as `path` at one temperature
  S* solid; S* open;                          // faces 0..n: solid resistance [ohm m2]; 1 inside an electrode, else 0
  S solid_ends;                               // half control volumes at both collectors [ohm m2]
  PhaseNumbers<S>* phase;
  Heat<S> heat;
};

// One block of memory, taken apart before a run; nothing is allocated afterwards.
template <class S> class Arena {
 public:
  explicit Arena(std::size_t count) : size_(count), raw_(new char[count * sizeof(S) + 64]) {
    const auto address = reinterpret_cast<std::uintptr_t>(raw_.get());
    base_ = reinterpret_cast<S*>((address + 63) / 64 * 64);
    for (std::size_t i = 0; i < count; ++i) base_[i] = S(0.0);
  }
  S* take(std::size_t count) {
    S* given = base_ + used_;
    used_ += padded<S>(static_cast<int>(count)) + wide<S>::step;
    return used_ <= size_ ? given : nullptr;
  }

 private:
  std::size_t size_, used_ = 0;
  std::unique_ptr<char[]> raw_;
  S* base_;
};

// Columns of the flat input: one row a layer, one row a phase, one row a design.
enum LayerColumn { layer_thickness, layer_porosity, layer_transport, layer_conductivity, layer_columns };
enum PhaseColumn {
  phase_area, phase_radius, phase_capacity, phase_diffusivity, phase_rate, phase_film,
  phase_decay, phase_exponent, phase_slope, phase_theta, phase_h, phase_diffusion_energy, phase_rate_energy, phase_columns
};
enum CellColumn {
  cell_temperature, cell_contact, cell_salt, cell_metal_rate, cell_heat_capacity, cell_heat_transfer, cell_ambient,
  cell_diffusion_energy, cell_conduction_energy, cell_metal_energy, cell_columns
};

// What moves with the temperature, for lane `lane` of `design`.
template <class S, class X>
inline void fill_heat(Design<S>& design, int lane, const X* phases, const X* cell) {
  const Shape& shape = *design.shape;
  Heat<S>& heat = design.heat;
  S* const fields[] = {&heat.reference, nullptr, nullptr, &heat.metal_rate, &heat.capacity, &heat.transfer, &heat.ambient,
                       &heat.diffusion_energy, &heat.conduction_energy, &heat.metal_energy};
  for (int k = 0; k < cell_columns; ++k)
    if (fields[k]) put(*fields[k], lane, cell[k]);
  for (int i = 0; i < shape.n; ++i) put(heat.path[i], lane, pick(design.path[i], lane));
  for (std::size_t q = 0; q < shape.phases.size(); ++q) {
    const X* row = phases + q * phase_columns;
    PhaseHeat<S>& to = heat.phase[q];
    put(to.diffusivity, lane, row[phase_diffusivity]);
    put(to.rate, lane, row[phase_rate]);
    put(to.diffusion_energy, lane, row[phase_diffusion_energy]);
    put(to.rate_energy, lane, row[phase_rate_energy]);
  }
}

// Fill lane `lane` of `design` from flat rows.
template <class S, class X>
inline void fill_lane(Design<S>& design, int lane, const X* layers, const X* phases, const X* cell) {
  const Shape& shape = *design.shape;
  put(design.temperature, lane, cell[cell_temperature]);
  put(design.contact, lane, cell[cell_contact]);
  put(design.salt, lane, cell[cell_salt]);
  put(design.metal_rate, lane, cell[cell_metal_rate]);
  X half_before = 0.0, ends = 0.0;
  for (std::size_t l = 0; l < shape.layers.size(); ++l) {
    const Layer& layer = shape.layers[l];
    const X* row = layers + l * layer_columns;
    for (int i = layer.first; i < layer.first + layer.nodes; ++i) {
      const X h = row[layer_thickness] * shape.share[i];
      const bool electrode = layer.side != separator_side;
      const X half = electrode ? h / (2 * row[layer_conductivity]) : X(0.0);
      const bool inside = electrode && i > 0 && i != shape.n_negative && i != shape.n_negative + shape.n_separator;
      put(design.width[i], lane, h);
      put(design.storage[i], lane, row[layer_porosity] * h);
      put(design.path[i], lane, h / (2 * row[layer_transport]));
      put(design.solid[i], lane, inside ? half_before + half : X(0.0));
      put(design.open[i], lane, inside ? 1.0 : 0.0);
      if (electrode && (i == 0 || i == shape.n - 1)) ends += half;
      half_before = half;
    }
  }
  put(design.solid_ends, lane, ends);
  for (std::size_t q = 0; q < shape.phases.size(); ++q) {
    const X* row = phases + q * phase_columns;
    PhaseNumbers<S>& to = design.phase[q];
    S* const fields[] = {&to.area, &to.radius, &to.capacity, &to.diffusivity, &to.rate,
                         &to.film, &to.decay, &to.exponent, &to.slope};
    for (int k = 0; k <= phase_slope; ++k) put(*fields[k], lane, row[k]);
  }
  if (shape.thermal) fill_heat(design, lane, phases, cell);
}

}  // namespace alloycell
