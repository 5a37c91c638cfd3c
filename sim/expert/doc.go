// Package expert says how the work of routed experts falls on the ranks that hold them: loads of single experts, from a
// skew or a histogram, and placements of experts and their copies on ranks. It knows no device and no time.
//
// In: a Load and the layout of a layer. Out: what the fullest rank has, in units of the mean. Begin reading with
// Load.On, then Balance.
package expert
