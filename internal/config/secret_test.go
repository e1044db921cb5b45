package config_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"billportal/internal/config"
)

func TestASecretIsNeverPrinted(t *testing.T) {
	t.Parallel()
	secret := config.NewSecret("hunter2")
	inside := struct {
		Open   config.Secret
		hidden config.Secret
		list   []config.Secret
	}{secret, secret, []config.Secret{secret}}
	var out bytes.Buffer
	for _, verb := range []string{"%v", "%+v", "%#v", "%s", "%q", "%x", "%d", "%T"} {
		fmt.Fprintf(&out, verb+" "+verb+" "+verb+"\n", secret, &secret, inside)
	}
	for _, handler := range []slog.Handler{slog.NewTextHandler(&out, nil), slog.NewJSONHandler(&out, nil)} {
		slog.New(handler).Info("start", "secret", secret, "inside", inside)
	}
	if err := json.NewEncoder(&out).Encode(inside); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintln(&out, fmt.Errorf("wrapped: %v", secret), secret.String())
	if text := out.String(); strings.Contains(text, "hunter2") || strings.Contains(text, fmt.Sprintf("%x", "hunter2")) {
		t.Errorf("the secret was printed:\n%s", text)
	}
	if secret.Reveal() != "hunter2" || secret.IsZero() || !(config.Secret{}).IsZero() {
		t.Error("Reveal must give the text, and only the zero value is empty")
	}
}

func TestTheWholeConfigPrintsNoSecret_T5(t *testing.T) {
	t.Parallel()
	cfg, _, err := config.Load(complete("BILLING_PROXY=http://user:proxy-password@proxy:3128"), noon)
	if err != nil {
		t.Fatal(err)
	}
	asJSON, err := json.Marshal(cfg)
	if err != nil {
		t.Fatal(err)
	}
	text := fmt.Sprintf("%v %+v %#v %s %v", cfg, cfg, cfg, asJSON, cfg.Describe())
	for _, secret := range []string{goodKey, "billing-secret", "api-key", "oidc-secret", "proxy-password"} {
		if strings.Contains(text, secret) {
			t.Errorf("%q was printed", secret)
		}
	}
}

func TestNoErrorOrWarningHoldsASecret_T5(t *testing.T) {
	t.Parallel()
	_, warnings, err := config.Load([]string{
		"PORTAL_SECRET=tell-tale", "BILLING_CLIENT_SECRET=tell-tale\x01", "BILLING_API_KEY= tell-tale",
		"OIDC_CLIENT_SECRET=tell-tale\n", "BILLING_PROXY=tell-tale", "BILLING_APIKEY=tell-tale",
	}, noon)
	if text := fmt.Sprint(warnings, err); err == nil || strings.Contains(text, "tell-tale") {
		t.Errorf("got %s", text)
	}
}

func TestSecretsComeFromFiles_K1_T5(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	write := func(name, content string, mode os.FileMode) string {
		path := filepath.Join(dir, name)
		if err := os.WriteFile(path, []byte(content), mode); err != nil {
			t.Fatal(err)
		}
		if err := os.Chmod(path, mode); err != nil { // the umask may have taken bits away
			t.Fatal(err)
		}
		return path
	}
	private := write("private", goodKey+"\r\n", 0o640)
	public := write("public", goodKey, 0o644)
	empty := write("empty", "\n", 0o600)
	huge := write("huge", strings.Repeat("x", 64<<10+1), 0o600)

	for _, c := range []struct {
		name             string
		environ          []string
		problem, warning string
	}{
		{"a private file", []string{"PORTAL_SECRET=", "PORTAL_SECRET_FILE=" + private}, "", ""},
		{"a file that others can read is a warning", []string{"PORTAL_SECRET=", "PORTAL_SECRET_FILE=" + public}, "", "PORTAL_SECRET_FILE: " + public + " can be read by every account on this machine (mode 0644); use chmod o="},
		{"both ways at once", []string{"PORTAL_SECRET_FILE=" + private}, "PORTAL_SECRET and PORTAL_SECRET_FILE are both set; keep one", ""},
		{"no such file", []string{"PORTAL_SECRET=", "PORTAL_SECRET_FILE=/no/file"}, "PORTAL_SECRET cannot be read from /no/file: no such file or directory", ""},
		{"an empty file", []string{"PORTAL_SECRET=", "PORTAL_SECRET_FILE=" + empty}, "PORTAL_SECRET cannot be read from " + empty + ": the file is empty", ""},
		{"a directory", []string{"PORTAL_SECRET=", "PORTAL_SECRET_FILE=" + dir}, "PORTAL_SECRET cannot be read from " + dir + ": not an ordinary file", ""},
		{"a huge file", []string{"PORTAL_SECRET=", "PORTAL_SECRET_FILE=" + huge}, "PORTAL_SECRET cannot be read from " + huge + ": larger than 65536 bytes", ""},
		{"a plain variable has no file", []string{"PORTAL_URL_FILE=" + private}, "", "PORTAL_URL_FILE is not a variable of the portal and is ignored; the nearest is PORTAL_URL"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			cfg, warnings, err := config.Load(complete(c.environ...), noon)
			if got := fmt.Sprint(err); c.problem != "" && got != c.problem || c.problem == "" && err != nil {
				t.Errorf("error = %v, want %q", err, c.problem)
			}
			if got := strings.Join(warnings, "\n"); got != c.warning {
				t.Errorf("warnings = %q, want %q", got, c.warning)
			}
			if err == nil && cfg.Portal.Secrets[0].Reveal() != goodKey {
				t.Error("the key must be the file's text without its line break")
			}
		})
	}
}

func TestDescribeSaysWhatIsInForceAndFromWhere(t *testing.T) {
	t.Parallel()
	path := filepath.Join(t.TempDir(), "key")
	if err := os.WriteFile(path, []byte("api-key"), 0o600); err != nil {
		t.Fatal(err)
	}
	cfg, _, err := config.Load(complete("BILLING_API_KEY=", "BILLING_API_KEY_FILE="+path, "PORTAL_LANG=fr"), noon)
	if err != nil {
		t.Fatal(err)
	}
	settings := map[string]config.Setting{}
	for _, s := range cfg.Describe() {
		settings[s.Name] = s
	}
	for _, want := range []config.Setting{
		{Name: "PORTAL_ADDR", Value: ":8080", Source: "default"},
		{Name: "PORTAL_LANG", Value: "fr", Source: "environment"},
		{Name: "PORTAL_SECRET", Value: "redacted", Source: "environment"},
		{Name: "BILLING_API_KEY", Value: "redacted", Source: "file " + path},
		{Name: "BILLING_PROXY", Value: "", Source: "not set"},
	} {
		if got := settings[want.Name]; got != want {
			t.Errorf("setting = %+v, want %+v", got, want)
		}
	}
	if len(settings) != 39 {
		t.Errorf("%d variables are described; the documentation has 39", len(settings))
	}
	broken, _, _ := config.Load(nil, noon)
	if len(broken.Describe()) != 39 || broken.Portal.Data != "data" {
		t.Error("a Config that came with an error must still be described")
	}
}
