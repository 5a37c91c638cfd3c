package work

import (
	"context"
	"strings"
	"testing"

	"fathom/hw/message"
	"fathom/state/field"
)

// A length that is neither a number nor a file stays a message, worded in the reader's language down to the reason.
func TestUnreadLengthsAreWordedInTheLanguage(t *testing.T) {
	_, err := Local{}.Load(context.Background(), field.Load{ID: field.InputLength, Text: "50%"})
	if err == nil {
		t.Fatal("50% was read")
	}
	said := message.Of(err)
	if got := message.Load("zh").Say(said); strings.Contains(got, "50%") || strings.Contains(got, "neither") ||
		!strings.Contains(got, "不是 token 数") || !strings.Contains(got, "没有这个文件") {
		t.Errorf("%s", got)
	}
	if got := message.Load("en").Say(said); !strings.HasPrefix(got, "is neither a number of tokens") {
		t.Errorf("%s", got)
	}
}
