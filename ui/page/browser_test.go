package page

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
	"time"
)

// The browser is driven by its own flags (--dump-dom, --screenshot, --print-to-pdf) and a probe that a copy of the page
// carries: that is all these tests need. chromedp would bring the whole DevTools protocol, some 10 MB of generated
// source, into go.mod for it.

// browser finds one; the tests are skipped only where none is installed.
func browser(t *testing.T) string {
	t.Helper()
	if testing.Short() {
		t.Skip("the long run draws the pages")
	}
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("no browser is installed (chromium, google-chrome)")
	return ""
}

// browse runs the browser once on an address of a file.
func browse(t *testing.T, path string, flags ...string) string {
	t.Helper()
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	args := []string{"--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions",
		"--disable-dev-shm-usage", "--virtual-time-budget=4000", "--user-data-dir=" + t.TempDir()}
	if os.Geteuid() == 0 { // the sandbox wants another user; what is opened is our own file
		args = append(args, "--no-sandbox")
	}
	c := exec.CommandContext(ctx, browser(t), append(append(args, flags...), "file://"+path)...)
	var said strings.Builder
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		t.Fatalf("%v: %s", err, said.String())
	}
	return string(out)
}

// artefacts is where pictures go: FATHOM_ARTEFACTS, so that somebody can look at them, else a directory of the test.
func artefacts(t *testing.T) string {
	dir := os.Getenv("FATHOM_ARTEFACTS")
	if dir == "" {
		return t.TempDir()
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	return dir
}

// probe measures a page in its window: what sticks out to the right, texts that the ground swallows, drawings without
// words, texts outside their drawing.
const probe = `<script>
addEventListener('load',()=>{
const lum=c=>{const f=c.map(v=>(v/=255)<=.03928?v/12.92:Math.pow((v+.055)/1.055,2.4));
 return .2126*f[0]+.7152*f[1]+.0722*f[2]};
const rgba=s=>{const m=s.match(/[\d.]+/g).map(Number);return m.length<4?[...m,1]:m};
const ground=e=>{for(;e;e=e.parentElement){const c=rgba(getComputedStyle(e).backgroundColor);if(c[3]===1)return c}
 return [255,255,255,1]};
document.querySelectorAll('details').forEach(d=>d.open=true);
const out={w:innerWidth,wide:document.documentElement.scrollWidth,dark:matchMedia('(prefers-color-scheme:dark)').matches,
 stick:[],pale:[],texts:0,mute:[],outside:[]};
for(const e of document.querySelectorAll('body *')){
 const r=e.getBoundingClientRect();
 if(r.right>innerWidth+1&&!e.closest('.scroll'))out.stick.push(e.tagName+' '+Math.round(r.right));
 const own=[...e.childNodes].some(n=>n.nodeType===3&&n.data.trim());
 if(!own||['SCRIPT','STYLE','title','desc'].includes(e.tagName)||!r.width)continue;
 const s=getComputedStyle(e),c=rgba(e.tagName==='text'?s.fill:s.color),g=ground(e);
 const a=lum(c),b=lum(g),k=(Math.max(a,b)+.05)/(Math.min(a,b)+.05);out.texts++;
 if(k<4.5)out.pale.push(e.textContent.slice(0,30)+' '+k.toFixed(2));
}
for(const e of document.querySelectorAll('svg')){
 const word=s=>{const n=e.querySelector(':scope>'+s);return n&&n.textContent.trim().length>8};
 if(e.getAttribute('role')!=='img'||!word('title')||!word('desc'))out.mute.push(e.outerHTML.slice(0,80));
 const v=e.viewBox.baseVal;
 for(const x of e.querySelectorAll('text')){const b=x.getBBox();
  if(b.x<-1||b.y<-1||b.x+b.width>v.width+1||b.y+b.height>v.height+1)out.outside.push(x.textContent+' '+
   Math.round(b.x+b.width)+','+Math.round(b.y+b.height)+' of '+v.width+','+v.height)}
}
parent.postMessage(JSON.stringify(out),'*');
});</script>`

// harness shows pages in windows of several widths and writes down what their probes say.
const harness = `<!DOCTYPE html><html style="color-scheme:%s"><body><pre id="out"></pre><script>
addEventListener('message',e=>{document.getElementById('out').textContent+=e.data+'\n'});</script>%s</body></html>`

type measured struct {
	W, Wide, Texts             int
	Dark                       bool
	Stick, Pale, Mute, Outside []string
}

// TestPagesInABrowser: every page at a telephone's, a tablet's and a desk's width, on light and on dark.
func TestPagesInABrowser(t *testing.T) {
	browser(t)
	dir := t.TempDir()
	widths := []int{360, 800, 1280}
	var frames strings.Builder
	for _, x := range questions {
		page := string(HTML(answered(t, x)))
		page = strings.Replace(page, "</head>", probe+"</head>", 1)
		path := filepath.Join(dir, x.name+".html")
		if err := os.WriteFile(path, []byte(page), 0o600); err != nil {
			t.Fatal(err)
		}
		for _, w := range widths {
			fmt.Fprintf(&frames, `<iframe style="width:%dpx;height:700px;border:0" src="%s.html"></iframe>`, w, x.name)
		}
	}
	for _, scheme := range []string{"light", "dark"} {
		path := filepath.Join(dir, "harness-"+scheme+".html")
		if err := os.WriteFile(path, fmt.Appendf(nil, harness, scheme, frames.String()), 0o600); err != nil {
			t.Fatal(err)
		}
		blink := map[string]string{"dark": "0", "light": "1"}[scheme]
		dom := browse(t, path, "--dump-dom", "--window-size=1400,900", "--blink-settings=preferredColorScheme="+blink)
		_, said, _ := strings.Cut(dom, `<pre id="out">`)
		said, _, _ = strings.Cut(said, "</pre>")
		lines := strings.Split(strings.TrimSpace(html.UnescapeString(said)), "\n")
		if len(lines) != len(questions)*len(widths) {
			t.Fatalf("%s: %d pages answered, of %d\n%.400s", scheme, len(lines), len(questions)*len(widths), said)
		}
		for _, line := range lines {
			var m measured
			if err := json.Unmarshal([]byte(line), &m); err != nil {
				t.Fatalf("%v: %s", err, line)
			}
			if m.Dark != (scheme == "dark") || m.Texts < 60 {
				t.Errorf("%s at %d: dark %v, %d texts", scheme, m.W, m.Dark, m.Texts)
			}
			if m.Wide > m.W || len(m.Stick) > 0 {
				t.Errorf("%s at %d: %d wide, sticks out: %q", scheme, m.W, m.Wide, m.Stick)
			}
			if len(m.Pale)+len(m.Mute)+len(m.Outside) > 0 {
				t.Errorf("%s at %d: pale %q, without words %q, outside of its drawing %q", scheme, m.W, m.Pale, m.Mute,
					m.Outside)
			}
		}
	}
}

var pages = regexp.MustCompile(`/Type\s*/Page\b`)

// TestPagesPrint: two pages of A4 at most, and pictures to look at.
func TestPagesPrint(t *testing.T) {
	browser(t)
	dir := artefacts(t)
	for _, x := range questions {
		p := answered(t, x)
		path := filepath.Join(dir, x.name+".html")
		drawing := filepath.Join(dir, x.name+".svg")
		for path, data := range map[string][]byte{path: HTML(p), drawing: SVG(p)} {
			if err := os.WriteFile(path, data, 0o600); err != nil {
				t.Fatal(err)
			}
		}
		pdf := filepath.Join(dir, x.name+".pdf")
		browse(t, path, "--no-pdf-header-footer", "--print-to-pdf="+pdf)
		data, err := os.ReadFile(pdf)
		if n := len(pages.FindAll(data, -1)); err != nil || n < 1 || n > 2 {
			t.Errorf("%s prints on %d pages, %v", x.name, n, err)
		}
		if testing.Short() || os.Getenv("FATHOM_ARTEFACTS") == "" {
			continue
		}
		for i, w := range []int{360, 800, 1280} {
			browse(t, path, "--screenshot="+filepath.Join(dir, x.name+"-"+strconv.Itoa(w)+".png"),
				fmt.Sprintf("--window-size=%d,%d", w, 2200), "--blink-settings=preferredColorScheme="+strconv.Itoa((i+1)%2))
		}
		browse(t, drawing, "--screenshot="+filepath.Join(dir, x.name+"-svg.png"), "--window-size=420,1600")
	}
}
