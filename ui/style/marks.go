package style

// Marks are the signs that a screen is built from, each one cell wide. They carry every state that colour shows, so
// that no meaning is lost without colour.
type Marks struct {
	Rule, Bar string // horizontal and vertical line
	Corner    string // where two axes meet
	Focus     string // the question that has the cursor
	Cursor    string // the row that has the cursor
	Marked    string // a marked row
	On, Off   string // steps of the journey
	Dot       string // between items of one line
	Down, Up  string // sort directions
	More      string // text goes on
	Arrow     string // was, became
	Full      string // a full cell of a bar
	Parts     []string
	BarLeft   string // ends of a gauge
	BarRight  string
	Empty     string // the unfilled part of a gauge
	Caret     string // the text cursor at the end of a line
	Spinner   []string
}

var unicodeMarks = Marks{
	Rule: "─", Bar: "│", Corner: "└",
	Focus: "▌", Cursor: ">", Marked: "*", On: "●", Off: "○", Dot: "·", Down: "▼", Up: "▲", More: "…", Arrow: "→",
	Full: "█", Parts: []string{"", "▏", "▎", "▍", "▌", "▋", "▊", "▉"}, BarLeft: "▕", BarRight: "▏", Empty: " ", Caret: "_",
	Spinner: []string{"|", "/", "-", "\\"},
}

// asciiMarks serve terminals that draw the signs above two cells wide (East Asian settings), not at all, or in a wrong
// place.
var asciiMarks = Marks{
	Rule: "-", Bar: "|", Corner: "+",
	Focus: ">", Cursor: ">", Marked: "*", On: "*", Off: "o", Dot: "-", Down: "v", Up: "^", More: "~", Arrow: ">",
	Full: "#", Parts: []string{""}, BarLeft: "[", BarRight: "]", Empty: " ", Caret: "_",
	Spinner: []string{"|", "/", "-", "\\"},
}
