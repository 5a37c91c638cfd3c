// Package prefix is the prefix cache of one replica: which tokens of a prompt it holds, in the devices' memory and in
// tiers below it, least recently used ones leaving first (serving-dynamics 12).
//
// In: chains of spans that requests have in common. Out: how many tokens of a chain are held, and where. It knows no
// time and no scheduler: sim/traffic asks, pins, stores and frees. Begin reading with Span, then Cache.
package prefix
