package model

import (
	"regexp"
	"slices"
	"strings"

	"fathom/hw/message"
)

// What a checkpoint is for: only one that answers prompts token by token, alone and as a whole, has a serving plan.

// others match names of architectures that do something else; the names are those of Hugging Face transformers and of
// the engines' registries.
var others = []struct {
	name *regexp.Regexp
	why  string
}{
	{regexp.MustCompile(`For(Sequence|Token|Image|Audio)Classification$|ForMultipleChoice$|RewardModel$`),
		"purpose.classifier"},
	{regexp.MustCompile(`For(MaskedLM|QuestionAnswering|PreTraining|TextEncoding)$|EncoderModel$|^(Modern|Xlm)?Bert`),
		"purpose.encoder"},
}

// drafts match names of architectures that guess for another model.
var drafts = regexp.MustCompile(`(?i)eagle|medusa|mtpmodel$|nextn$|speculator`)

// purpose refuses a checkpoint that is not for generation; draft tells one that guesses for another model.
func purpose(r *reader) (draft bool) {
	if v, ok := r.values["is_encoder_decoder"].(bool); ok && v {
		r.fail("is_encoder_decoder", "purpose.encoder-decoder")
	}
	if v, ok := r.values["_class_name"].(string); ok {
		r.fail("_class_name", "purpose.other", show(v), message.New("purpose.diffusion"))
	}
	list, ok := r.values["architectures"].([]any)
	if !ok {
		return false
	}
	for _, v := range list {
		name, _ := v.(string)
		draft = draft || drafts.MatchString(name)
		for _, o := range others {
			if o.name.MatchString(name) {
				r.fail("architectures", "purpose.other", show(name), message.New(o.why))
			}
		}
	}
	return draft
}

// Activations by the blocks that have them. The others (gelu and its approximations) are used in both kinds.
var (
	twoMatrices   = []string{"relu", "relu2", "relu_squared", "squared_relu", "xielu"}
	threeMatrices = []string{"silu", "swish", "swiglu", "swigluoai", "silu_glu", "geglu", "gegelu", "reglu"}
)

// plain reports whether feed-forward blocks have two matrices, not three: the family says so, and its file must not say
// something else. Of a family that nobody knows only the activation can tell.
func (b *builder) plain() bool {
	if b.f.Plain {
		return true
	}
	stated := false
	for _, key := range []string{"hidden_act", "hidden_activation", "activation_function", "activation",
		"activation_type", "mlp_hidden_act"} {
		name, ok := b.r.values[key].(string)
		if !ok {
			continue
		}
		stated = true
		switch name = strings.ToLower(name); {
		case slices.Contains(twoMatrices, name):
			b.r.fail(key, "config.two-matrices", name)
		case len(b.f.Types) == 0 && !slices.Contains(threeMatrices, name):
			b.r.fail(key, "config.two-or-three", name)
		}
	}
	// Models with layer norms are of a time when both kinds were in use.
	if eps := b.r.spelled("rms_norm_eps"); !stated && len(b.f.Types) == 0 && strings.HasPrefix(eps, "layer") {
		b.r.fail("hidden_act", "config.missing")
	}
	return false
}
