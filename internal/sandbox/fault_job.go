package sandbox

import "time"

// jobWords decide what becomes of an asynchronous job. They have their turn
// when a request starts one.
var jobWords = map[string]word{
	"job-never":       {onJob, asyncRoutes, noArg, "the job stays inProgress for good", planned(func(j *job, _ string) { j.plan.never = true })},
	"job-slow":        {onJob, asyncRoutes, duration, "the job takes that long", planned(func(j *job, arg string) { d, _ := time.ParseDuration(arg); j.ready = j.created.Add(d) })},
	"job-error":       {onJob, asyncRoutes, noArg, "the job ends as terminatedWithError", planned(func(j *job, _ string) { j.plan.end = jobFailed })},
	"job-rejected":    {onJob, asyncRoutes, noArg, "the job ends as rejected", planned(func(j *job, _ string) { j.plan.end = jobRejected })},
	"job-lost":        {onJob, asyncRoutes, noArg, "the job is done, and its result is 404/60", planned(func(j *job, _ string) { j.plan.lost = true })},
	"job-forgotten":   {onJob, asyncRoutes, noArg, "the job is 404/60 from the start", planned(func(j *job, _ string) { j.plan.forgotten = true })},
	"job-twice":       {onJob, asyncRoutes, noArg, "the job is done, in progress once more, and done again", planned(func(j *job, _ string) { j.plan.twice = true })},
	"job-state":       {onJob, asyncRoutes, someText, "the job's states are this word, done or not; its result link tells", planned(func(j *job, arg string) { j.plan.word = arg })},
	"job-expired":     {onJob, asyncRoutes, noArg, "the job's result is gone a second after it is done", planned(func(j *job, _ string) { j.plan.brief = true })},
	"job-no-location": {onJob, asyncRoutes, noArg, "202 without a Location header", planned(func(j *job, _ string) { j.plan.noLocation = true })},
	"job-no-body":     {onJob, asyncRoutes, noArg, "202 without a body", planned(func(j *job, _ string) { j.plan.noBody = true })},
	"job-at-once":     {onJob, asyncRoutes, noArg, "200 with the result, whatever X-RESPONSE-MODE says", planned(func(j *job, _ string) { j.plan.atOnce = true })},
}

func planned(change func(j *job, arg string)) func(*call) bool {
	return func(c *call) bool {
		change(c.job, c.fault.Arg)
		return true
	}
}
