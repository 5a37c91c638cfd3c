package page

import (
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"testing"
)

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
const probe = `(()=>{
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
return out;
})()`

type measured struct {
	W, Wide, Texts             int
	Dark                       bool
	Stick, Pale, Mute, Outside []string
}

// TestPagesInABrowser: every page at a telephone's, a tablet's and a desk's width, on light and on dark.
func TestPagesInABrowser(t *testing.T) {
	b := openTab(t)
	dir := t.TempDir()
	for _, x := range questions {
		path := filepath.Join(dir, x.name+".html")
		if err := os.WriteFile(path, HTML(answered(t, x)), 0o600); err != nil {
			t.Fatal(err)
		}
		b.visit(path)
		for _, scheme := range []string{"light", "dark"} {
			for _, w := range []int{360, 800, 1280} {
				b.show(w, 700, scheme)
				var m measured
				b.ask(probe, &m)
				where := fmt.Sprintf("%s, %s at %d", x.name, scheme, w)
				if m.W != w || m.Dark != (scheme == "dark") || m.Texts < 60 {
					t.Errorf("%s: %d wide, dark %v, %d texts", where, m.W, m.Dark, m.Texts)
				}
				if m.Wide > m.W || len(m.Stick) > 0 {
					t.Errorf("%s: %d wide, sticks out: %q", where, m.Wide, m.Stick)
				}
				if len(m.Pale)+len(m.Mute)+len(m.Outside) > 0 {
					t.Errorf("%s: pale %q, without words %q, outside of its drawing %q", where, m.Pale, m.Mute, m.Outside)
				}
			}
		}
	}
}

var pages = regexp.MustCompile(`/Type\s*/Page\b`)

// TestPagesPrint: two pages of A4 at most, and pictures to look at.
func TestPagesPrint(t *testing.T) {
	b := openTab(t)
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
		b.visit(path)
		pdf := b.keep(filepath.Join(dir, x.name+".pdf"), "Page.printToPDF",
			object{"printBackground": true, "preferCSSPageSize": true}) // as the browser's own --print-to-pdf
		if n := len(pages.FindAll(pdf, -1)); n < 1 || n > 2 {
			t.Errorf("%s prints on %d pages", x.name, n)
		}
		if os.Getenv("FATHOM_ARTEFACTS") == "" {
			continue
		}
		for i, w := range []int{360, 800, 1280} {
			b.picture(filepath.Join(dir, x.name+"-"+strconv.Itoa(w)), w, 2200, []string{"dark", "light"}[i%2])
		}
		b.visit(drawing)
		b.picture(filepath.Join(dir, x.name+"-svg"), 420, 1600, "light")
	}
}
