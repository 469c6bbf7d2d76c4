// Lumped heat (docs/theory/heat.md, formulas (1), (3) and (4)): one temperature for the cell,
//   C dT/dt = Q - h (T - T_ambient),   Q = - I V - sum over phases of a j U(mean content) [W/m2 of facing area],
// and what follows the temperature: solids, kinetics and electrolyte by activation energies, all kinetics by RT/F.
#pragma once
#include "newton.hpp"

namespace alloycell {

// All numbers of the design at the temperature T.
template <class S> inline void at_temperature(Design<S>& d, const S& temperature) {
  const Heat<S>& heat = d.heat;
  const Shape& shape = *d.shape;
  const S colder = 1.0 / heat.reference - 1.0 / temperature;
  d.temperature = temperature;
  d.metal_rate = heat.metal_rate * exponential(heat.metal_energy * colder);
  for (std::size_t q = 0; q < shape.phases.size(); ++q) {
    const PhaseHeat<S>& from = heat.phase[q];
    d.phase[q].diffusivity = from.diffusivity * exponential(from.diffusion_energy * colder);
    d.phase[q].rate = from.rate * exponential(from.rate_energy * colder);
  }
  const S salt = exponential(-heat.diffusion_energy * colder), ions = exponential(-heat.conduction_energy * colder);
  for (int i = 0; i < shape.n; ++i) {
    d.path[i] = heat.path[i] * salt;
    d.path_ions[i] = heat.path[i] * ions;
  }
}

// Rate at which the energy of the lithium grows [W/m2]: sum of a j U at the mean content of each particle, half way
// between the branches where there are two. That energy is a function of the contents alone; formula (5).
template <class S> inline S lithium_power(const Design<S>& d, const Step<S>& step) {
  using V = wide_of<S>;
  const Shape& shape = *d.shape;
  S sum(0.0);
  for (std::size_t q = 0; q < shape.phases.size(); ++q) {
    const Phase& phase = shape.phases[q];
    if (phase.radial == inner_face) continue;  // with its outer face, which knows the mean
    const int stride = padded<S>(phase.nodes);
    const V per = spread(S(1.0 / step.alpha)), scale = spread(S(phase.mean_weight * flux_scale(d.phase[q])));
    Total<S> here;
    for (int i = 0; i < stride; i += wide<S>::step) {
      V amperes = load(step.now + shape.tracked.j + phase.at + i), rest(0.0);
      if (phase.other >= 0) amperes += load(step.now + shape.tracked.j + shape.phases[phase.other].at);
      if (phase.radial == modal) rest = load(step.rest + phase.state_at + i);
      else
        for (int k = 0; k < phase.points; ++k)
          rest += phase.mean_weight * phase.lambda[k] * load(step.rest + phase.state_at + k * stride + i);
      const V mean = -per * (rest + scale * amperes);
      const V power = load(d.width + phase.node + i) * amperes * open_circuit(shape, phase, mean, V(0.0)).value;
      here.add(i, select(valid<S>(i, phase.nodes), power, V(0.0)));
    }
    sum += d.phase[q].area * here.value();
  }
  return sum;
}

// Heat that the state gives off [W/m2]: what the lithium gives up less the electrical work; formula (4).
template <class S> inline S heat_made(const Design<S>& d, const Step<S>& step, const S& voltage) {
  return -lithium_power(d, step) - step.now[d.shape->tracked.current] * voltage;
}

// The temperature of one implicit step over which the heat `made` is given off; formula (3).
template <class S> inline S heated(const Design<S>& d, const Step<S>& step, const S& made) {
  const Heat<S>& heat = d.heat;
  const S rest = heat.capacity * step.rest[d.shape->tracked.temperature];
  return (made + heat.transfer * heat.ambient - rest) / (heat.capacity * step.alpha + heat.transfer);
}

// Heat given to the surroundings [W/m2].
template <class S> inline S heat_lost(const Design<S>& d, const S& temperature) {
  return d.heat.transfer * (temperature - d.heat.ambient);
}

}  // namespace alloycell
