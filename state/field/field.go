package field

import "slices"

// Arity is the number of words that a flag takes.
type Arity uint8

// A switch takes none; Any may stand without values (--tp-sizes alone means the default range).
const (
	None Arity = iota
	One
	Many
	Any
)

// Group is a set of questions that stand together on the form, in the summary and in help. Its title is text
// "group.<name>".
type Group string

// The groups in asking order.
const (
	GroupDeployment   Group = "deployment"
	GroupModel        Group = "model"
	GroupHardware     Group = "hardware"
	GroupLengths      Group = "lengths"
	GroupSLO          Group = "slo"
	GroupSearch       Group = "search"
	GroupQuantization Group = "quantization"
	GroupCache        Group = "cache"
	GroupMTP          Group = "mtp"
	GroupImages       Group = "images"
	GroupCompile      Group = "compile"
	GroupAdvanced     Group = "advanced"
	GroupAnswers      Group = "answers" // fidelity, search, targets, money, traffic
	GroupEngine       Group = "engine"
	GroupReference    Group = "reference" // steers the reference tool's own machinery
	GroupOutput       Group = "output"
	GroupScreen       Group = "screen"
)

// Choice is one value of a closed list, and the other words that mean it. Its text is "field.<name>.choice.<value>".
type Choice struct {
	Value string
	Words []string
}

// Switch is a flag without values that answers a question with Text (--disagg answers the deployment mode).
type Switch struct{ Flag, Text string }

// Value is a parsed answer; which member is set depends on the field.
type Value struct {
	Words  []string
	Ints   []int
	Floats []float64
	On     bool // switches; sizes: the dimension is searched
}

// Field is one question.
type Field struct {
	ID       ID
	Name     string   // TOML key and issue field: the flag in snake case, or the question's own name
	Label    string   // short English name in messages, "hit rate"
	Flag     string   // without dashes, "" where the question has none
	Short    string   // one-letter form
	Also     []string // other spellings
	Aliases  []string // deprecated spellings that still work
	Switches []Switch
	Arity    Arity
	Repeats  bool   // a repeated flag adds values instead of replacing them
	Max      int    // most values, 0: no limit
	Unit     string // "ms", "GiB", "tokens", ""
	Metavar  string // "N" in help
	Example  string // one good value, named by messages
	Default  Answer // what an absent flag means; not Given: the question is required
	Choices  []Choice
	Group    Group
	Advanced bool // folded away until asked for
	Ours     bool // not a flag of the reference tool
	Ignored  bool // accepted, changes nothing in the embedded engine
	Unsaid   bool // reports leave it out unless somebody answered it
	Unbuilt  bool // known, but this version cannot do it yet: giving it is an error, the form and help leave it out

	Parse func(text string) (Value, *Problem) // text to value; the problem is about this text alone
	Asked func(r *Reading) bool               // whether the question applies; nil: always
}

// Text is the key of the field's texts in the catalog: + ".label", ".help", ".choice.<value>".
func (f *Field) Text() string { return "field." + f.Name }

// has reports whether a word is one of the choices.
func (f *Field) has(word string) bool {
	return slices.ContainsFunc(f.Choices, func(c Choice) bool { return c.Value == word })
}
