package plot

import (
	"strings"

	"fathom/ui/cell"
	"fathom/ui/style"
)

// glyphs are letters of five rows, a # a filled square; large and small letters look alike.
var glyphs = func() map[rune][]string {
	out := map[rune][]string{}
	for _, line := range strings.Split(strings.TrimSpace(`
A  ##  #  # #### #  # #  #
B ###  #  # ###  #  # ### 
C  ### #    #    #     ###
D ###  #  # #  # #  # ### 
E #### #    ###  #    ####
F #### #    ###  #    #   
G  ### #    # ## #  #  ###
H #  # #  # #### #  # #  #
I ### ' #  ' #  ' #  '###
J   ##    #    # #  #  ## 
K #  # # #  ##   # #  #  #
L #    #    #    #    ####
M #   #'## ##'# # #'#   #'#   #
N #   #'##  #'# # #'#  ##'#   #
O  ##  #  # #  # #  #  ## 
P ###  #  # ###  #    #   
Q  ##  #  # #  # # ##  ###
R ###  #  # ###  # #  #  #
S  ### #     ##     # ### 
T #####'  #  '  #  '  #  '  #  
U #  # #  # #  # #  #  ## 
V #   #'#   #'#   #' # # '  #  
W #   #'#   #'# # #'## ##'#   #
X #   #' # # '  #  ' # # '#   #
Y #   #' # # '  #  '  #  '  #  
Z #####'   # '  #  ' #   '#####
0  ##  #  # #  # #  #  ## 
1  # '## ' # ' # '###
2 ###     #  ##  #    ####
3 ###     #  ##     # ### 
4 #  # #  # ####    #    #
5 #### #    ###     # ### 
6  ##  #    ###  #  #  ## 
7 ####    #   #   #    #  
8  ##  #  #  ##  #  #  ## 
9  ##  #  #  ###    #  ## 
. '  '  '  '  '##
, '  '  '  ' #'# 
: '  '##'  '##'  
/     #'   # '  #  ' #   '#    
- '    '    '####'    '    
+ '     '  #  '#####'  #  '     
= '    '####'    '####'    
% ##  #'## # '  #  ' # ##'#  ##
( ' #'# '# '# ' #
) '# ' #' #' #'# 
_ '    '    '    '    '####
`), "\n") {
		r := []rune(line)[0]
		rest := strings.TrimPrefix(line[len(string(r)):], " ")
		var rows []string
		switch {
		case strings.Contains(rest, "'"):
			rows = strings.Split(strings.TrimPrefix(rest, "'"), "'")
		default: // five rows of four, a blank between them
			for i := range 5 {
				rows = append(rows, (rest + "     ")[i*5:i*5+4])
			}
		}
		w := 0
		for _, row := range rows {
			w = max(w, len(row))
		}
		for i := range rows {
			rows[i] += strings.Repeat(" ", w-len(rows[i]))
		}
		out[r] = rows
	}
	return out
}()

const (
	bigRows  = 5
	bigBlank = 3 // of a blank between words
)

// Big writes a text in letters that are read from the back of a room, as large as w cells and h lines allow; ok is
// false where even the smallest do not fit, or where a letter has no large form.
func Big(text string, w, h int, m style.Marks) (lines []string, ok bool) {
	rows := make([]strings.Builder, bigRows)
	for i, r := range []rune(strings.ToUpper(text)) {
		glyph := glyphs[r]
		if r != ' ' && len(glyph) != bigRows {
			return nil, false
		}
		for n := range rows {
			if i > 0 {
				rows[n].WriteByte(' ')
			}
			if r == ' ' {
				rows[n].WriteString(cell.Space(bigBlank))
			} else {
				rows[n].WriteString(glyph[n])
			}
		}
	}
	wide := rows[0].Len()
	if wide == 0 || wide > w || bigRows > h {
		return nil, false
	}
	across := min(4, w/wide) // a cell is about twice as high as wide
	down := max(1, min(h/bigRows, (across+1)/2))
	for n := range rows {
		var b strings.Builder
		for _, c := range rows[n].String() {
			mark := " "
			if c == '#' {
				mark = m.Full
			}
			b.WriteString(strings.Repeat(mark, across))
		}
		for range down {
			lines = append(lines, strings.TrimRight(b.String(), " "))
		}
	}
	return lines, true
}
