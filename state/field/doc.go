// Package field is the single source of every input: one table of questions from which the form, the flags, saved
// plans, the exact command, help, completion and the man page are made. It is pure: what needs a disk or a clock is
// handed in.
//
// In: texts as people type them, on a form, a command line or in a plan. Out: a plan.Request with its issues, and the
// same request back as a command, a plan or inputs of a report. To add a question, add its ID and its line of Table;
// everything else follows. Begin reading with Field, Read and Request.
package field
