package manifest

import "fathom/hw/message"

// mindie is one service config a role, and beside them what JSON has no comments for.
func (d *deployment) mindie() []File {
	var files []File
	for i := range d.in {
		in := &d.in[i]
		name := "config.json"
		if d.pair() {
			name = in.role + "/config.json"
		}
		files = append(files, File{Name: name, Text: in.command.FileText})
	}
	more := []message.Message{message.New("manifest.mindie")}
	if d.in[0].role != "serve" {
		more = append(more, message.New("manifest.motor"))
	}
	return append(files, File{Name: "README.md", Head: d.head(more...)})
}
