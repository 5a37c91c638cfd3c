// Package explain says in words what a report's rows mean: what bounds each phase, what limits a row, whether it is
// plausible, and how to check it. It reads reports only and never prices anything, so it cannot disagree with them.
//
// The reading rules are those of the reference tool's explanation guide (search-and-serving 9.2).
//
// In: rows and their request. Out: messages (hw/message) with grades and evidence levels. Begin reading with
// Bottlenecks, Limit, Judge and Checks.
package explain
