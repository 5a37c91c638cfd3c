// Package workload reads mixes of requests: classes with their shares, lengths, shared beginnings, priorities and what
// each is promised. Mixes that come with fathom are data in assets/workloads; anybody's own is a TOML or YAML file of
// the same form. The days that come with it are loads from hour to hour, relative to their peak.
//
// In: the text of a file, or a preset's name. Out: a plan.Workload. Begin reading with Parse.
package workload
