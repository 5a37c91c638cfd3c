// Package cli is the command line: subcommands, flags, help, completion, exit codes (the contract that scripts rely
// on). It reads the arguments with the field table, so that flags, form and saved plans cannot disagree; cobra holds
// the tree of subcommands.
//
// In: arguments, standard streams and the environment. Out: reports, files and exit codes (cli.md). A command is a file
// of its name; root.go is the dashboard. Begin reading with Program.
package cli
