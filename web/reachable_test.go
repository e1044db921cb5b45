package web_test

import (
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"

	"billportal/internal/sandbox"
	"billportal/web"
)

// sought are what scanners ask every server for.
var sought = strings.Fields(`
	/.git/HEAD /.git/config /.git/index /.gitignore /.svn/entries /.svn/wc.db /.hg/store /.bzr/README /CVS/Entries /.DS_Store /.env /.env.local /.env.production
	/.aws/credentials /.ssh/id_rsa /.npmrc /.dockerenv /.dockerignore /Dockerfile /docker-compose.yml /Makefile /go.mod /go.sum /main.go /README.md /LICENSE /VERSION /CHANGELOG
	/vendor/modules.txt /node_modules/ /package.json /yarn.lock /composer.json /Gemfile /requirements.txt /web.config /.htaccess /.htpasswd /WEB-INF/web.xml /META-INF/MANIFEST.MF
	/server-status /server-info /nginx_status /status /metrics /health /healthz/ /info /env /actuator /actuator/env /actuator/heapdump /jolokia /trace /dump
	/debug /debug/pprof/ /debug/pprof/heap /debug/pprof/cmdline /debug/vars /debug/requests /pprof /expvar /_debug /console /shell /cmd
	/swagger /swagger.json /swagger-ui.html /swagger/index.html /openapi.json /openapi.yaml /api /api/v1 /api-docs /v1/api-docs /v2/api-docs /graphql /graphiql /playground
	/phpinfo.php /phpmyadmin/ /index.php /wp-login.php /wp-admin/ /xmlrpc.php /cgi-bin/ /cgi-bin/test.cgi /test /test.php /admin /admin/ /administrator /manager/html /login /logout
	/backup /backup.zip /backup.sql /backup.tar.gz /dump.sql /db.sqlite /portal.db /portal.db-wal /portal.db-shm /data/ /data/portal.db /documents/ /tmp/ /uploads/ /files/ /logs/ /log /error.log
	/robots.txt /sitemap.xml /crossdomain.xml /clientaccesspolicy.xml /security.txt /.well-known/ /.well-known/security.txt /.well-known/openid-configuration /browserconfig.xml
	/static /static/ /static/css /static/css/ /static/js/ /static/htmx/ /static/icons/ /static/css/portal.css /static/js/portal.js /static/../main.go /static/%2e%2e/go.mod /static/static.go
	/templates /templates/ /templates/page.templ /templates/bills.templ /internal/ /web/ /web/routes.go /internal/config/config.go /etc/passwd /proc/self/environ /proc/self/cmdline
	/bills/ /bills.json /bills.xml /bills.xlsx~ /bills.csv~ /bills.csv.bak /index.html /index.htm /default.aspx /favicon.ico.bak /signin.bak /signin~ /.signin.swp`)

// banner is text that tells which program answers, or in which version.
var banner = regexp.MustCompile(`(?i)golang|go\d\.\d|echo/|labstack|templ v|nginx|apache|sqlite|modernc|gorilla|goroutine `)

// TestNothingElseIsReachable_C3 asks, as nobody and as an admin, for what scanners
// ask for; what answers is on the map of the site.
func TestNothingElseIsReachable_C3(t *testing.T) {
	t.Parallel()
	s := open(t, false, nil)
	if len(sought) < 150 {
		t.Fatalf("only %d paths", len(sought))
	}
	known := s.web.Routes()
	for who, client := range map[string]*http.Client{"nobody": s.browser(t), "an admin": s.as(t, sandbox.SubjectAdmin)} {
		for _, path := range sought {
			a := s.get(t, client, path)
			mapped := slices.ContainsFunc(known, func(r web.Route) bool { return r.Path == path })
			if !mapped && a.StatusCode != http.StatusNotFound && a.StatusCode != http.StatusBadRequest {
				t.Errorf("%s for %s: status %d", path, who, a.StatusCode)
			}
			for _, name := range []string{"Server", "X-Powered-By", "Via", "X-Aspnet-Version", "X-Generator", "X-Version"} {
				if value := a.Header.Get(name); value != "" {
					t.Errorf("%s for %s has %s: %s", path, who, name, value)
				}
			}
			if told := banner.FindString(a.body); told != "" && !mapped {
				t.Errorf("%s for %s tells %q", path, who, told)
			}
			if strings.Contains(a.body, "Index of") || strings.Contains(a.body, "<pre>") && !mapped {
				t.Errorf("%s for %s lists a folder: %s", path, who, a.body)
			}
		}
	}
}

// TestNoPageNamesTheProgram_C3 looks at what is on the map.
func TestNoPageNamesTheProgram_C3(t *testing.T) {
	t.Parallel()
	f := furnish(t)
	for path, a := range f.crawl(t, f.as(t, sandbox.SubjectEmployee)) {
		if told := banner.FindString(a.body); told != "" && strings.HasPrefix(a.Header.Get("Content-Type"), "text/html") {
			t.Errorf("%s tells %q", path, told)
		}
	}
}

// TestNoOriginIsGivenAnything_H3 asks for everything from elsewhere.
func TestNoOriginIsGivenAnything_H3(t *testing.T) {
	t.Parallel()
	f := furnish(t)
	tried := 0
	for _, client := range []*http.Client{f.browser(t), f.as(t, sandbox.SubjectAccountant), f.as(t, sandbox.SubjectAdmin)} {
		for _, r := range f.web.Routes() {
			for _, origin := range []string{"null", "https://evil.example", f.URL + ".evil.example", f.URL, "http://localhost"} {
				for _, method := range []string{r.Method, http.MethodOptions} {
					if r.Path == "/signout" && origin == f.URL {
						continue // is let through, and signs out
					}
					tried++
					a := f.asked(t, client, method, example(r), map[string]string{
						"Origin": origin, "Access-Control-Request-Method": "POST", "Access-Control-Request-Headers": "x-csrf", "Access-Control-Request-Private-Network": "true",
					})
					for name := range a.Header {
						if strings.HasPrefix(name, "Access-Control-") || name == "Timing-Allow-Origin" {
							t.Errorf("%s %s from %s: %s: %s", method, r.Path, origin, name, a.Header.Get(name))
						}
					}
				}
			}
		}
	}
	if tried < 500 {
		t.Errorf("only %d requests were tried", tried)
	}
}
