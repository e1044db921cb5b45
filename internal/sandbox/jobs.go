package sandbox

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"strings"
	"sync"
	"time"
)

// The states of a job, as TMF678 words them.
const (
	jobRunning  = "inProgress"
	jobDone     = "done"
	jobFailed   = "terminatedWithError"
	jobRejected = "rejected"
)

// jobLife is how long the result of a job is kept; its state stays.
const jobLife = time.Hour

// job is one asynchronous call: what was asked, and what becomes of it.
type job struct {
	id      string
	created time.Time
	ready   time.Time // when it is done
	request *http.Request
	body    []byte
	accept  string
	do      handler
	plan    plan

	once   sync.Once
	result *answer
}

// plan is what faults want of a job.
type plan struct {
	never, lost, forgotten, twice, brief, noLocation, noBody, atOnce bool

	end  string // jobFailed or jobRejected
	word string // instead of every state
}

// jobs are kept as long as the sandbox lives.
type jobs struct {
	mu   sync.Mutex
	byID map[string]*job
	all  []*job
}

func (j *jobs) add(one *job) {
	j.mu.Lock()
	defer j.mu.Unlock()
	j.byID[one.id] = one
	j.all = append(j.all, one)
}

func (j *jobs) find(id string) (*job, bool) {
	j.mu.Lock()
	defer j.mu.Unlock()
	one, ok := j.byID[id]
	return one, ok
}

// async answers h at once, or with a job when X-RESPONSE-MODE asks for one, in
// any letter case.
func (a *API) async(h handler) handler {
	return func(w http.ResponseWriter, r *http.Request) *problem {
		if !strings.EqualFold(r.Header.Get("X-Response-Mode"), "asynchronous") || a.Switches().NoAsync {
			return h(w, r)
		}
		body, err := io.ReadAll(r.Body)
		if err != nil {
			return invalidBody(err.Error())
		}
		now := a.now()
		j := &job{id: newUUID(), created: now, ready: now.Add(a.jobDelay), body: body, do: h}
		j.request = r.Clone(context.WithoutCancel(r.Context()))
		j.accept = orText(r.URL.Query().Get("overrideAccept"), orText(r.Header.Get("Accept"), typeJSON))
		c := callOf(r)
		c.job = j
		a.faults.apply(c, onJob, false)
		if j.plan.atOnce {
			r.Body = io.NopCloser(bytes.NewReader(body))
			return h(w, r)
		}
		a.jobs.add(j)
		if !j.plan.noLocation {
			w.Header().Set("Location", j.href())
		}
		w.Header().Set("Content-Type", typeJSON+"; charset=UTF-8")
		w.WriteHeader(http.StatusAccepted)
		if !j.plan.noBody {
			_, _ = w.Write(jsonText(a.wireJob(j)))
		}
		return nil
	}
}

func (j *job) href() string { return apiBase + "/asyncJobs/" + j.id }

// stateAt is how the job stands, its own word for it left aside.
func (j *job) stateAt(now time.Time) string {
	took := j.ready.Sub(j.created)
	switch {
	case j.plan.never || now.Before(j.ready):
		return jobRunning
	case j.plan.end != "":
		return j.plan.end
	case j.plan.twice && !now.Before(j.ready.Add(took)) && now.Before(j.ready.Add(2*took)):
		return jobRunning
	}
	return jobDone
}

// answer is the delayed answer, made once.
func (j *job) answer() *answer {
	j.once.Do(func() {
		j.result = newAnswer()
		r := j.request
		r.Body = io.NopCloser(bytes.NewReader(j.body))
		if p := j.do(j.result, r); p != nil {
			p.write(j.result, "")
		}
	})
	return j.result
}

type wireJobRequest struct {
	Method string `json:"method"`
	Path   string `json:"path"`
	Accept string `json:"accept"`
}

type wireJobResult struct {
	Href     string `json:"href"`
	MimeType string `json:"mimeType"`
}

type wireJob struct {
	ID          string          `json:"id"`
	State       string          `json:"state"`
	Request     wireJobRequest  `json:"request"`
	CreatedAt   string          `json:"createdAt"`
	CompletedAt *string         `json:"completedAt"`
	ExpiresAt   string          `json:"expiresAt"`
	Result      *wireJobResult  `json:"result"`
	Error       json.RawMessage `json:"error"`
}

func (a *API) wireJob(j *job) wireJob {
	state := j.stateAt(a.now())
	text := func(at time.Time) string { return at.UTC().Format(time.RFC3339) }
	wire := wireJob{
		ID: j.id, CreatedAt: text(j.created), ExpiresAt: text(j.created.Add(jobLife)),
		Request: wireJobRequest{j.request.Method, strings.TrimPrefix(j.request.URL.RequestURI(), apiBase), j.accept},
	}
	if state == jobDone && !j.answer().ok() {
		state = jobFailed
		wire.Error = json.RawMessage(j.answer().body)
	}
	switch state {
	case jobDone:
		wire.Result = &wireJobResult{j.href() + "/result", j.answer().header.Get("Content-Type")}
	case jobFailed, jobRejected:
		if wire.Error == nil {
			wire.Error = (&problem{http.StatusInternalServerError, 1, "Internal error", "The job could not be done."}).body()
		}
	}
	if state != jobRunning {
		completed := j.ready
		if j.plan.twice && !a.now().Before(completed.Add(2*j.ready.Sub(j.created))) {
			completed = completed.Add(2 * j.ready.Sub(j.created))
		}
		wire.CompletedAt = orNull(text(completed))
	}
	wire.State = orText(j.plan.word, state)
	return wire
}

func (a *API) listJobs(w http.ResponseWriter, r *http.Request) *problem {
	if _, p := negotiate(r, typeJSON); p != nil {
		return p
	}
	a.jobs.mu.Lock()
	all := append([]*job(nil), a.jobs.all...)
	a.jobs.mu.Unlock()
	page, p := pageOf(a, w, r, all)
	if p != nil {
		return p
	}
	return writeList(w, page, func(j *job) any { return a.wireJob(j) })
}

// findJob finds a job, however old.
func (a *API) findJob(r *http.Request) (*job, *problem) {
	id := r.PathValue("jobId")
	j, ok := a.jobs.find(id)
	if !ok || j.plan.forgotten {
		return nil, notFound("No job has the id " + id + ".")
	}
	return j, nil
}

func (a *API) oneJob(w http.ResponseWriter, r *http.Request) *problem {
	if _, p := negotiate(r, typeJSON); p != nil {
		return p
	}
	j, p := a.findJob(r)
	if p != nil {
		return p
	}
	writeBytes(w, typeJSON+"; charset=UTF-8", jsonText(a.wireJob(j)))
	return nil
}

// jobResult is the answer the call would have had without the header.
func (a *API) jobResult(w http.ResponseWriter, r *http.Request) *problem {
	j, p := a.findJob(r)
	if p != nil {
		return p
	}
	now := a.now()
	gone := j.plan.lost || now.Sub(j.created) >= jobLife || j.plan.brief && now.Sub(j.ready) >= time.Second
	if gone || j.stateAt(now) != jobDone {
		return notFound("The job " + j.id + " has no result.")
	}
	result := j.answer()
	for name, values := range result.header {
		w.Header()[name] = values
	}
	w.WriteHeader(result.status)
	_, _ = w.Write(result.body) // the client may have gone
	return nil
}
