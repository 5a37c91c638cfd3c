package page

import (
	"fmt"
	"html"

	"fathom/hw"
	"fathom/sim/report"
	"fathom/ui/number"
)

// paragraphs are the sentences of a role with their small tables.
func (w *writer) paragraphs(list []report.Paragraph, role report.Role) {
	open := false
	for _, x := range list {
		if x.Role != role || x.Level == 1 || x.Best {
			continue
		}
		if !open {
			fmt.Fprintf(w, "<section class=\"said r%d%s\">\n", role, map[bool]string{true: " why"}[role == report.ForWhy])
			open = true
		}
		w.paragraph(&x)
	}
	if open {
		w.WriteString("</section>\n")
	}
}

func (w *writer) paragraph(x *report.Paragraph) {
	if x.Heading != "" {
		w.tag(fmt.Sprintf("h%d", max(2, min(4, x.Level))), x.Heading)
	}
	for _, l := range x.Lines {
		w.tag("p", l)
	}
	if len(x.Items) > 0 {
		w.WriteString("<dl>\n")
		for _, item := range x.Items {
			w.tag("dt", item[0])
			w.tag("dd", item[1])
		}
		w.WriteString("</dl>\n")
	}
	if x.Header != nil {
		w.table(x)
	}
	if x.Code != "" {
		w.code(x.Code)
	}
}

// mostRows of a table are written: of more points the JSON form has all.
const mostRows = 200

func (w *writer) table(x *report.Paragraph) {
	w.WriteString("<div class=\"scroll\" tabindex=\"0\" role=\"region\"")
	if x.Heading != "" {
		fmt.Fprintf(w, " aria-label=\"%s\"", esc(x.Heading))
	}
	w.WriteString("><table>\n<thead><tr>")
	class := func(i int) string {
		if x.Right[i] {
			return ` class="n"`
		}
		return ""
	}
	for i, h := range x.Header {
		fmt.Fprintf(w, "<th scope=\"col\"%s>%s</th>", class(i), esc(h))
	}
	w.WriteString("</tr></thead>\n<tbody>\n")
	for _, row := range x.Rows[:min(len(x.Rows), mostRows)] {
		w.WriteString("<tr>")
		for i, c := range row {
			fmt.Fprintf(w, "<td%s>%s</td>", class(i), esc(c))
		}
		w.WriteString("</tr>\n")
	}
	w.WriteString("</tbody></table></div>\n")
	if rest := len(x.Rows) - mostRows; rest > 0 {
		w.tag(`p class="m"`, w.t("page.rows", "n", number.Int(rest)))
	}
}

// code is a command that can be copied line by line.
func (w *writer) code(s string) {
	fmt.Fprintf(w, "<pre tabindex=\"0\"><code>%s</code></pre>\n", html.EscapeString(hw.Strip(s)))
}
