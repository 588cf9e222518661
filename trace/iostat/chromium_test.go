package iostat

import (
	"context"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/http/httptest"
	"os/exec"
	"regexp"
	"testing"
	"time"
)

// A checker shows the report in a frame as wide as a screen, uses it as a
// reader would, and leaves what it saw as JSON. The frame is needed because a
// browser's own window cannot be made as narrow as a phone's.
const checker = `<!DOCTYPE html><body style="margin:0">
<iframe id="frame" src="/report" style="border:0;width:%dpx;height:2000px"></iframe><pre id="seen"></pre>
<script>
document.getElementById("frame").onload = event => {
	const view = event.target.contentWindow, page = view.document, $ = s => page.querySelector(s);
	const key = (at, key) => at.dispatchEvent(new view.KeyboardEvent("keydown", {key, bubbles: true, cancelable: true}));
	const names = () => [...page.querySelectorAll("#table tbody tr")].filter(r => !r.hidden).map(r => r.cells[0].textContent);
	const shown = e => e.getBoundingClientRect().height > 1;
	const seen = {};
	seen.Overflow = page.documentElement.scrollWidth - page.documentElement.clientWidth;
	seen.Wide = [...page.querySelectorAll("body *")].filter(e => !e.closest("thead, .skip") && e.getBoundingClientRect().right > page.documentElement.clientWidth + 1)
		.map(e => e.tagName + "." + e.className).slice(0, 5);
	seen.HeadShown = $("#table thead").getBoundingClientRect().width > 2;
	seen.PlotShown = shown($("details[open] svg.plot"));
	seen.LanesShown = [...page.querySelectorAll(".strip svg path")].filter(shown).length;
	seen.Controls = shown($(".controls"));
	seen.First = names()[0];
	seen.Sorted = $("th[aria-sort]").textContent + " " + $("th[aria-sort]").getAttribute("aria-sort");
	page.querySelectorAll("#table thead button")[0].click();
	seen.Resorted = $("th[aria-sort]").textContent + " " + $("th[aria-sort]").getAttribute("aria-sort");
	seen.FirstByName = names()[0];
	$("#sort").value = "7";
	$("#sort").dispatchEvent(new view.Event("change"));
	seen.MostWrites = names()[0];
	$("#filter").value = "<SCRIPT";
	$("#filter").dispatchEvent(new view.Event("input"));
	seen.Filtered = names();
	seen.Found = $("#found").textContent;
	$("#filter").value = "";
	$("#filter").dispatchEvent(new view.Event("input"));
	seen.Tabbable = page.querySelectorAll("#table tbody tr[tabindex='0']").length;
	$("#table tbody tr").focus();
	key(page.activeElement, "ArrowDown");
	seen.Second = page.activeElement.cells[0].textContent === names()[1];
	key(page.activeElement, "Home");
	key(page.activeElement, "Enter");
	seen.Opened = page.activeElement.textContent.includes(names()[0]) && page.activeElement.parentNode.open;
	const strip = $(".strip");
	strip.focus();
	key(strip, "ArrowRight");
	seen.Readout = $(".readout").textContent;
	seen.Unnamed = [...page.querySelectorAll("input, select, button, [role=img], a")].filter(e =>
		!e.labels?.length && !e.getAttribute("aria-label") && !e.textContent.trim()).length;
	seen.Foreign = [...page.querySelectorAll("[src], link")].length;
	document.getElementById("seen").textContent = JSON.stringify(seen);
};
</script>`

type pageSeen struct {
	Overflow                       float64
	Wide, Filtered                 []string
	HeadShown, PlotShown, Controls bool
	LanesShown, Tabbable           int
	First, Sorted, Resorted        string
	FirstByName, MostWrites        string
	Found, Readout                 string
	Second, Opened                 bool
	Unnamed, Foreign               int
}

func TestPageInChromium(t *testing.T) {
	chromium := findChromium(t)
	report := htmlOf(t, sample(t))
	mux := http.NewServeMux()
	mux.HandleFunc("/report", func(w http.ResponseWriter, _ *http.Request) { fmt.Fprint(w, report) })
	mux.HandleFunc("/check", func(w http.ResponseWriter, req *http.Request) {
		width := 0
		fmt.Sscan(req.FormValue("width"), &width)
		fmt.Fprintf(w, checker, width)
	})
	server := httptest.NewServer(mux)
	defer server.Close()

	for _, tt := range []struct {
		name  string
		width int
		heads bool // a table, not cards
	}{{"phone", 360, false}, {"tablet", 800, false}, {"small window", 1010, true}, {"desktop", 1280, true}} {
		t.Run(tt.name, func(t *testing.T) {
			seen := look(t, chromium, fmt.Sprintf("%s/check?width=%d", server.URL, tt.width))
			t.Logf("%+v", seen)
			if seen.Overflow > 0 || len(seen.Wide) > 0 {
				t.Errorf("the page is %v px wider than the screen, by %v", seen.Overflow, seen.Wide)
			}
			if seen.HeadShown != tt.heads {
				t.Errorf("the table's head is shown: %v", seen.HeadShown)
			}
			if !seen.PlotShown || seen.LanesShown < 4 || !seen.Controls {
				t.Error("a plot, the lanes or the controls cannot be seen")
			}
			if seen.Sorted != "time descending" || seen.First != "/var/db" {
				t.Errorf("sorted at first by %s, %s first", seen.Sorted, seen.First)
			}
			if seen.Resorted != "file ascending" || seen.FirstByName != "/etc/app.conf.new" {
				t.Errorf("sorted then by %s, %s first", seen.Resorted, seen.FirstByName)
			}
			if seen.MostWrites != clean(evilName) {
				t.Errorf("%s has most writes", seen.MostWrites)
			}
			if len(seen.Filtered) != 1 || seen.Filtered[0] != clean(evilName) || seen.Found != "1 of 17 files" {
				t.Errorf("filtered: %q (%s)", seen.Filtered, seen.Found)
			}
			if seen.Tabbable != 1 || !seen.Second || !seen.Opened {
				t.Errorf("by keyboard: %d rows reached by Tab, second %v, opened %v", seen.Tabbable, seen.Second, seen.Opened)
			}
			if ok, _ := regexp.MatchString(`^prog1 pid 1, 0 µs to \d+.*: reading \d+ %, writing \d+ %`, seen.Readout); !ok {
				t.Errorf("the timeline reads %q", seen.Readout)
			}
			if seen.Unnamed != 0 || seen.Foreign != 0 {
				t.Errorf("%d controls without a name, %d foreign resources", seen.Unnamed, seen.Foreign)
			}
		})
	}
}

func findChromium(t *testing.T) string {
	t.Helper()
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	t.Skip("needs Chromium (Debian: chromium)")
	return ""
}

// look opens a page and returns what the checker in it saw.
func look(t *testing.T, chromium, url string) (seen pageSeen) {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, chromium, "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic",
		"--no-first-run", "--disable-background-networking", "--user-data-dir="+t.TempDir(),
		"--window-size=1400,2100", "--virtual-time-budget=20000", "--dump-dom", url)
	dom, err := cmd.Output()
	if err != nil {
		t.Fatalf("%v: %v", cmd, err)
	}
	m := regexp.MustCompile(`(?s)<pre id="seen">(.+?)</pre>`).FindSubmatch(dom)
	if m == nil {
		t.Fatalf("the checker left nothing; the document is\n%.2000s", dom)
	}
	if err := json.Unmarshal([]byte(html.UnescapeString(string(m[1]))), &seen); err != nil {
		t.Fatal(err)
	}
	return seen
}
