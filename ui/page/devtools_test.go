package page

import (
	"bufio"
	"encoding/json"
	"os"
	"os/exec"
	"testing"
	"time"
)

// tab is a tab of a browser that is told what to do over its DevTools pipe: messages in JSON, each with a zero byte
// behind it, in on descriptor 3 and out on 4. That is all these tests need; chromedp would bring the whole protocol,
// some 10 MB of generated source, into go.mod for it.
type tab struct {
	t       *testing.T
	in      *os.File
	out     *bufio.Reader
	session string
	asked   int
}

// object are the parameters of a method.
type object map[string]any

// openTab starts a browser for one test; its tests are skipped only where none is installed.
func openTab(t *testing.T) *tab {
	t.Helper()
	if testing.Short() {
		t.Skip("the long run draws the pages")
	}
	path := ""
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		t.Skip("no browser is installed (chromium, google-chrome)")
	}
	args := []string{"--headless=new", "--disable-gpu", "--hide-scrollbars", "--no-first-run", "--disable-extensions",
		"--disable-dev-shm-usage", "--remote-debugging-pipe", "--user-data-dir=" + t.TempDir()}
	if os.Geteuid() == 0 { // the sandbox wants another user; what is opened is our own file
		args = append(args, "--no-sandbox")
	}
	c := exec.Command(path, args...)
	said, err := os.Create(t.TempDir() + "/stderr") // a file: nobody has to read it
	if err != nil {
		t.Fatal(err)
	}
	theirIn, in, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	out, theirOut, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	c.Stderr, c.ExtraFiles = said, []*os.File{theirIn, theirOut}
	if err := c.Start(); err != nil {
		t.Fatal(err)
	}
	theirIn.Close()
	theirOut.Close()
	hung := time.AfterFunc(5*time.Minute, func() { c.Process.Kill() })
	x := &tab{t: t, in: in, out: bufio.NewReader(out)}
	t.Cleanup(func() {
		x.tell("Browser.close", nil, nil)
		_ = c.Wait()
		hung.Stop()
		for _, f := range []*os.File{in, out, said} {
			f.Close()
		}
		if words, err := os.ReadFile(said.Name()); t.Failed() {
			t.Logf("the browser says %s, %v", words, err)
		}
	})
	var made struct{ TargetID, SessionID string }
	x.tell("Target.createTarget", object{"url": "about:blank"}, &made)
	x.tell("Target.attachToTarget", object{"targetId": made.TargetID, "flatten": true}, &made)
	x.session = made.SessionID
	return x
}

// tell calls a method and waits for its result; events are left out.
func (x *tab) tell(method string, params object, result any) {
	x.t.Helper()
	x.asked++
	call := object{"id": x.asked, "method": method}
	if params != nil {
		call["params"] = params
	}
	if x.session != "" && method != "Browser.close" {
		call["sessionId"] = x.session
	}
	data, err := json.Marshal(call)
	if err != nil {
		x.t.Fatal(err)
	}
	if _, err := x.in.Write(append(data, 0)); err != nil {
		x.t.Fatalf("%s: %v", method, err)
	}
	for {
		data, err := x.out.ReadBytes(0)
		if err != nil {
			x.t.Fatalf("%s: %v", method, err)
		}
		var said struct {
			ID     int
			Result json.RawMessage
			Error  any
		}
		if err := json.Unmarshal(data[:len(data)-1], &said); err != nil {
			x.t.Fatalf("%s: %v: %.400s", method, err, data)
		}
		if said.ID != x.asked {
			continue
		}
		if said.Error != nil {
			x.t.Fatalf("%s: %v", method, said.Error)
		}
		if result != nil {
			if err := json.Unmarshal(said.Result, result); err != nil {
				x.t.Fatalf("%s: %v: %.400s", method, err, said.Result)
			}
		}
		return
	}
}

// visit opens a file and waits until it is there with all that belongs to it.
func (x *tab) visit(path string) {
	x.t.Helper()
	var gone struct{ ErrorText string }
	x.tell("Page.navigate", object{"url": "file://" + path}, &gone)
	if gone.ErrorText != "" {
		x.t.Fatalf("%s: %s", path, gone.ErrorText)
	}
	at := ""
	x.ask(`new Promise(done=>{const here=()=>done(location.pathname);`+
		`document.readyState==='complete'?here():addEventListener('load',here)})`, &at)
	if at != path {
		x.t.Fatalf("the browser is at %q, not at %q", at, path)
	}
}

// ask gives the value of an expression, or of what it promises.
func (x *tab) ask(expression string, value any) {
	x.t.Helper()
	var said struct {
		Result           struct{ Value json.RawMessage }
		ExceptionDetails any
	}
	x.tell("Runtime.evaluate", object{"expression": expression, "awaitPromise": true, "returnByValue": true}, &said)
	if said.ExceptionDetails != nil {
		x.t.Fatalf("%.80s: %v", expression, said.ExceptionDetails)
	}
	if err := json.Unmarshal(said.Result.Value, value); err != nil {
		x.t.Fatalf("%.80s: %v: %s", expression, err, said.Result.Value)
	}
}

// show makes the window so large, on light or on dark.
func (x *tab) show(width, height int, scheme string) {
	x.t.Helper()
	x.tell("Emulation.setDeviceMetricsOverride",
		object{"width": width, "height": height, "deviceScaleFactor": 1, "mobile": false}, nil)
	x.tell("Emulation.setEmulatedMedia",
		object{"features": []object{{"name": "prefers-color-scheme", "value": scheme}}}, nil)
}

// keep writes what a method draws to a file.
func (x *tab) keep(path, method string, params object) []byte {
	x.t.Helper()
	var drawn struct{ Data []byte }
	x.tell(method, params, &drawn)
	if err := os.WriteFile(path, drawn.Data, 0o600); err != nil {
		x.t.Fatal(err)
	}
	return drawn.Data
}

// picture is a file of what the window shows.
func (x *tab) picture(path string, width, height int, scheme string) {
	x.t.Helper()
	x.show(width, height, scheme)
	if len(x.keep(path+".png", "Page.captureScreenshot", object{"format": "png"})) == 0 {
		x.t.Errorf("%s: an empty picture", path)
	}
}
