package report

import "strings"

// Shell writes an argument vector as one line for a POSIX shell, which reads it back unchanged.
func Shell(argv []string) string {
	words := make([]string, len(argv))
	for i, w := range argv {
		words[i] = Quote(w)
	}
	return strings.Join(words, " ")
}

// Script writes a command for a POSIX shell with the file that it needs first; without a file it is Shell alone.
func Script(file, text string, argv []string) string {
	if file == "" {
		return Shell(argv)
	}
	return "cat > " + Quote(file) + " <<'EOF'\n" + text + "EOF\n" + Shell(argv)
}

// Quote writes one word so that a POSIX shell reads it back unchanged.
func Quote(word string) string {
	if word != "" && strings.IndexFunc(word, unsafe) < 0 {
		return word
	}
	return "'" + strings.ReplaceAll(word, "'", `'\''`) + "'"
}

func unsafe(r rune) bool {
	switch {
	case 'a' <= r && r <= 'z', 'A' <= r && r <= 'Z', '0' <= r && r <= '9':
		return false
	}
	return !strings.ContainsRune("_/.-=:@%+", r)
}
