/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * status - the state of the post, read from its files: the station writes
 * its live part into the run directory (a tmpfs), everything else is asked
 * where it lies. Holds no persons' data.
 */
#include "parts.h"

#include <dirent.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LIVE_TEXT_MAX 16384

/* ---- the live file ----------------------------------------------------------------- */

static const char *const phases[] = {
	[PHASE_READY] = "ready", [PHASE_GATHER] = "gathering",
	[PHASE_REPEAT] = "repeat", [PHASE_VERDICT] = "verdict",
};

/* "lane 1: verdict check waiting 1", and its devices. */
static size_t
lane_text(const struct post_lane *lane, char *text, size_t capacity)
{
	const struct session *s = &lane->session;
	struct device_state state;
	size_t n = 0, i = 0, k = 0;

	n += (size_t)snprintf(text, capacity, "lane %.31s: %s %s waiting %d%s\n",
	    s->setup.lane->title, phases[s->phase], s->phase ==
	    PHASE_VERDICT ? verdict_word(s->judgement.verdict) : "none",
	    s->has_behind, s->phase == PHASE_VERDICT &&
	    s->recorded == RECORDED_DONE ? " recorded" : "");
	while (n + 400 < capacity && (memset(&state, 0, sizeof(state)),
	    devices_state(lane->devices, &i, &state) ||
	    outputs_state(lane->outputs, &k, &state)))
		n += (size_t)snprintf(text + n, capacity - n,
		    "device %.31s %s: %s\n", s->setup.lane->title, state.word,
		    state.lost ? state.words : state.heard ? "ok" :
		    "starting");
	return n;
}

int
live_write(const struct live *live, const char *path, struct err *err)
{
	char text[LIVE_TEXT_MAX], at[21];
	const struct view_counts *c = live->counts;
	size_t n;

	time_print(live->at, at);
	n = (size_t)snprintf(text, sizeof(text),
	    "pid %d\nrunning_version %s\nat %s\nrecords_unanswered %zu\nrecord_fault %s\n"
	    "lookup_fault %s\nclock %s\npack %s\nshift %s\npeople_in %d\n"
	    "people_out %d\npassed_in %d\npassed_out %d\n"
	    "turned_back_in %d\nturned_back_out %d\nverdicts_pass %d\n"
	    "verdicts_check %d\nverdicts_stop %d\ntraining %s\n",
	    (int)live->pid,
	    PACKAGE_VERSION, at, live->unanswered, live->record_fault, live->lookup_fault,
	    clock_trust_word(live->clock), live->pack, live->shift, c->people[0],
	    c->people[1], c->passed[0], c->passed[1], c->turned_back[0],
	    c->turned_back[1], c->verdicts[VERDICT_PASS],
	    c->verdicts[VERDICT_CHECK], c->verdicts[VERDICT_STOP],
	    live->training ? "yes" : "no");
	if (live->overruled != NULL)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "overruled %s %d of %d in 30 min\n", live->overruled->rule,
		    live->overruled->passed, live->overruled->of);
	if (live->link != NULL)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "link %s%s%.200s\nlink_trouble %s\n"
		    "records_refused %" PRId64 "\n",
		    live->link->up ? "up" : "down", live->link->up ? "" : " ",
		    live->link->up ? "" : live->link->words,
		    live->link->trouble[0] != '\0' ? live->link->trouble :
		    "none", live->link->refused);
	if (live->online != NULL)
		n += (size_t)snprintf(text + n, sizeof(text) - n,
		    "hub_lookup %s%s%.200s\n", !live->online->known ?
		    "unknown" : live->online->up ? "up" : "down",
		    live->online->words[0] != '\0' ? " " : "",
		    live->online->words);
	n += (size_t)snprintf(text + n, sizeof(text) - n,
	    "messages_new %zu\nmessages_urgent %zu\nzones %zu\n",
	    live->messages_new, live->messages_urgent, live->zones);
	for (size_t i = 0; i < live->nlanes; i++)
		n += lane_text(&live->lanes[i], text + n, sizeof(text) - n);
	return file_write(path, text, n, 0644, false, err);
}

/* ---- gathering --------------------------------------------------------------------------- */

void
status_add(struct status *s, bool number, const char *name, const char *format, ...)
{
	struct status_line *line = &s->lines[s->n];
	char raw[VIEW_TEXT_MAX];
	va_list ap;

	if (s->n == STATUS_LINES_MAX)
		return;
	va_start(ap, format);
	vsnprintf(raw, sizeof(raw), format, ap);
	va_end(ap);
	text_clean(raw, strlen(raw), line->value, sizeof(line->value));
	snprintf(line->name, sizeof(line->name), "%s", name);
	line->number = number;
	s->n++;
}

const char *
status_find(const struct status *s, const char *name)
{
	for (size_t i = 0; i < s->n; i++)
		if (strcmp(s->lines[i].name, name) == 0)
			return s->lines[i].value;
	return "";
}

static void
live_line(struct status *s, char *line)
{
	static const char *const numbers[] = { "pid",
		"records_unanswered", "people_in", "people_out", "passed_in",
		"passed_out", "turned_back_in", "turned_back_out",
		"verdicts_pass", "verdicts_check", "verdicts_stop",
		"messages_new", "messages_urgent", "zones" };
	bool number = false;
	bool titled = strncmp(line, "device ", 7) == 0 ||
	    strncmp(line, "lane ", 5) == 0;
	char *gap = titled ? strchr(line, ':') : strchr(line, ' ');

	if (gap == NULL)
		return;
	*gap = '\0';
	for (size_t i = 0; i < nitems(numbers); i++)
		number = number || strcmp(numbers[i], line) == 0;
	status_add(s, number, line, "%s", gap + (titled ? 2 : 1));
}

static void
live_part(struct status *s, const struct conf *conf, int64_t now)
{
	char path[CONF_PATH_MAX + 16];
	char *text, *line, *rest;
	struct stat st;
	int wrote;
	pid_t pid;
	size_t n;

	snprintf(path, sizeof(path), "%s/station.lock", conf->state);
	pid = lock_owner(path);
	if (pid == 0) {
		status_add(s, false, "station", "stopped");
		return;
	}
	status_add(s, false, "station", "running");
	snprintf(path, sizeof(path), "%s/status", conf->run);
	text = file_read(path, LIVE_TEXT_MAX, &n, NULL);
	/* What the one before left says nothing of the one that runs. */
	if (text == NULL || sscanf(text, "pid %d\n", &wrote) != 1 ||
	    wrote != (int)pid) {
		free(text);
		return;
	}
	if (stat(path, &st) == 0 && now > st.st_mtime)
		status_add(s, true, "live_age_s", "%" PRId64,
		    now - (int64_t)st.st_mtime);
	for (line = strtok_r(text, "\n", &rest); line != NULL;
	    line = strtok_r(NULL, "\n", &rest))
		live_line(s, line);
	free(text);
	status_fences(s, pid);
}

static void
outbox_part(struct status *s, const struct conf *conf)
{
	char path[CONF_PATH_MAX + 16], id[OUTBOX_ID_MAX], at[21];
	int64_t checked, checked_at;
	struct outbox_state state;
	struct err err = { 0 };
	struct outbox *box;

	snprintf(path, sizeof(path), "%s/outbox.db", conf->state);
	if (access(path, F_OK) != 0) {
		status_add(s, true, "records", "0");
		return;
	}
	box = outbox_open(path, OUTBOX_READ, conf->id, "", &err);
	if (box == NULL || outbox_state(box, &state, &err) != 0) {
		status_add(s, false, "outbox_fault", "%s", err.text);
		outbox_close(box);
		return;
	}
	outbox_id_print(outbox_station(box), state.head, id);
	status_add(s, true, "records", "%" PRId64, state.records);
	status_add(s, true, "records_waiting", "%" PRId64,
	    state.head.seq - state.acknowledged);
	if (state.head.seq > 0)
		status_add(s, false, "last_record", "%s", id);
	if (outbox_checked(path, &checked, &checked_at) == 0) {
		time_print(checked_at, at);
		status_add(s, true, "outbox_checked_records", "%" PRId64,
		    checked);
		status_add(s, false, "outbox_checked_at", "%s", at);
	}
	if (state.oldest_waiting_at != 0) {
		time_print(state.oldest_waiting_at, at);
		status_add(s, false, "oldest_waiting", "%s", at);
	}
	outbox_close(box);
}

/* What the recorder set aside is never deleted by us: somebody must look. */
static void
damaged_part(struct status *s, const struct conf *conf)
{
	char path[CONF_PATH_MAX + 16], aside[CONF_PATH_MAX + 64];
	struct outbox_found found, sum = { .saved = 0 };
	bool all = true;
	int n = 0;

	snprintf(path, sizeof(path), "%s/outbox.db", conf->state);
	while (outbox_aside(path, n + 1, aside, sizeof(aside))) {
		all &= outbox_found(aside, &found) == 0;
		sum.saved += found.saved;
		sum.lost += found.lost;
		n++;
	}
	if (n == 0)
		return;
	status_add(s, true, "outbox_damaged_files", "%d", n);
	if (!all)
		return; /* the recorder looks still */
	status_add(s, true, "outbox_damaged_saved", "%lld",
	    (long long)sum.saved);
	status_add(s, true, "outbox_damaged_lost", "%lld",
	    (long long)sum.lost);
}

/* Is the register's key here under a badge? */
static bool
badge_any(const struct conf *conf)
{
	char path[CONF_PATH_MAX + 32];
	struct dirent *entry;
	bool any = false;
	DIR *dir;

	snprintf(path, sizeof(path), "%s/keys", conf->state);
	dir = opendir(path);
	while (dir != NULL && (entry = readdir(dir)) != NULL)
		any |= strncmp(entry->d_name, "badge-", 6) == 0 ||
		    strncmp(entry->d_name, "hub.badge-", 10) == 0;
	if (dir != NULL)
		closedir(dir);
	return any;
}

static void
officers_part(struct status *s, const struct conf *conf)
{
	struct officers *officers = calloc(1, sizeof(*officers));
	char path[CONF_PATH_MAX + 32];
	struct err err = { 0 };

	if (officers == NULL)
		mem_none();
	snprintf(path, sizeof(path), "%s/officers", conf->state);
	if (officers_load(path, officers, &err) < 0)
		status_add(s, false, "officers_fault", "%s", err.text);
	else
		status_add(s, true, "officers", "%zu", officers->n);
	free(officers);
}

static void
register_part(struct status *s, const struct conf *conf)
{
	char path[CONF_PATH_MAX + 32], name[40], at[21];
	struct register_list lists[REGISTER_LISTS_MAX];
	struct register_store *store;
	struct err err = { 0 };
	int n;

	snprintf(path, sizeof(path), "%s/keys/register.key", conf->state);
	status_add(s, false, "register_key", "%s", access(path, F_OK) == 0 ?
	    "in a file: a thief of the disk can test numbers" :
	    badge_any(conf) ? "under officers' badges only" : "none");
	officers_part(s, conf);
	snprintf(path, sizeof(path), "%s/register.db", conf->state);
	store = register_open(path, false, &err);
	if (store == NULL && err.kind == ERR_ABSENT) {
		status_add(s, false, "register", "none");
		return;
	}
	n = store != NULL ? register_lists(store, lists, &err) : -1;
	if (n < 0)
		status_add(s, false, "register_fault", "%s", err.text);
	for (int i = 0; i < n; i++) {
		time_print(lists[i].made_at, at);
		snprintf(name, sizeof(name), "list %s", lists[i].name);
		status_add(s, false, name, "%" PRId64 " of %s", lists[i].entries, at);
	}
	register_close(store);
}

static void
keys_part(struct status *s, const struct conf *conf)
{
	char path[CONF_PATH_MAX + 32], id[17];
	struct err err = { 0 };

	if (seal_choose(conf, path, &err) != 0 ||
	    seal_key_id(path, id, &err) != 0)
		status_add(s, false, "seal_key", "none: %s", err.text);
	else
		status_add(s, false, "seal_key", "%s", id);
	snprintf(path, sizeof(path), "%s/keys/site.key", conf->state);
	if (access(path, F_OK) == 0)
		status_add(s, false, "seal_secret",
		    "on this post: take it away, it opens every record");
}

static void
machine_part(struct status *s, const struct conf *conf)
{
	static const char *const words[] = { "well", "attention", "failing" };
	const char *root = getenv("CHOT_MACHINE"), *name;
	struct machine_alarm alarms[MACHINE_ALARMS_MAX];
	struct machine health;
	int64_t value;
	char title[40];
	size_t n;

	machine_read(root != NULL ? root : "", conf->state, &health);
	status_add(s, false, "version", "%s", PACKAGE_VERSION);
	for (size_t i = 0; machine_field(&health, i, &name, &value); i++)
		if (value >= 0 && strcmp(name, "network") != 0)
			status_add(s, true, name, "%" PRId64, value);
	status_add(s, false, "network", "%s%s%s", machine_network_word(health.network),
	    health.link[0] != '\0' ? " " : "", health.link);
	n = machine_alarms(&health, conf->hub.present, alarms);
	status_add(s, false, "machine", "%s", words[n > 0 ? alarms[0].level :
	    MACHINE_WELL]);
	for (size_t i = 0; i < n; i++) {
		snprintf(title, sizeof(title), "alarm %s", alarms[i].name);
		status_add(s, false, title, "%s. %s", alarms[i].text,
		    alarms[i].advice);
	}
}

static void
trust_part(struct status *s, const struct conf *conf, int64_t now)
{
	struct issuers *ring = issuers_load(conf->state);
	char name[40], at[21];
	int64_t days;

	status_add(s, true, "trust_keys", "%zu", ring->keys);
	status_add(s, true, "trust_skipped", "%zu", ring->skipped);
	status_add(s, true, "trust_distrusted", "%zu", ring->keys_distrusted);
	for (size_t i = 0; i < ring->ndistrusted; i++) {
		snprintf(name, sizeof(name), "distrusted %.28s",
		    ring->distrusted[i]);
		status_add(s, false, name, "%s", "by this post");
	}
	if (ring->fault[0] != '\0')
		status_add(s, false, "trust_fault", "%s", ring->fault);
	if (ring->lists_at != 0) {
		time_print(ring->lists_at, at);
		status_add(s, false, "trust_lists_at", "%s", at);
		days = (now - ring->lists_at) / 86400;
		status_add(s, true, "trust_lists_age_days", "%" PRId64, days);
		if (days > conf->trust_days)
			status_add(s, false, "trust_lists_old",
			    "%" PRId64 " days, limit %d", days,
			    conf->trust_days);
	}
	for (size_t i = 0; i < ring->nsources; i++) {
		const struct issuers_source *source = &ring->sources[i];
		int64_t made_at = issuers_source_at(source);

		time_print(made_at, at);
		snprintf(name, sizeof(name), "trust %.30s", source->name);
		status_add(s, false, name, "%zu keys, %zu skipped, of %s, %s",
		    source->added, source->skipped, made_at != 0 ? at :
		    "unknown age", source->checked ? "signature checked" :
		    "signature not checked");
	}
	issuers_free(ring);
}

static void
gather(struct status *s, const struct conf *conf, int64_t now)
{
	char at[21];

	status_add(s, false, "id", "%s", conf->id);
	status_add(s, false, "name", "%s", conf->name);
	time_print(now, at);
	status_add(s, false, "machine_at", "%s", at);
	live_part(s, conf, now);
	outbox_part(s, conf);
	damaged_part(s, conf);
	register_part(s, conf);
	keys_part(s, conf);
	trust_part(s, conf, now);
	machine_part(s, conf);
}

static void
print_text(const struct status *s, FILE *out)
{
	for (size_t i = 0; i < s->n; i++)
		fprintf(out, "%-20s %s\n", s->lines[i].name,
		    s->lines[i].value);
}

/* One line, as monitoring programs show it. */
static void
print_check(const struct status *s, FILE *out)
{
	const char *findings = status_find(s, "findings");

	fprintf(out, "%s %s%s%s\n", status_find(s, "id"),
	    status_find(s, "state"), findings[0] != '\0' ? ": " : "",
	    findings);
}

static void
print_json(const struct status *s, FILE *out)
{
	char *text = status_json(s);

	fprintf(out, "%s\n", text);
	free(text);
}

int
station_status(const struct conf *conf, enum status_format format, int64_t now,
    FILE *out)
{
	static void (*const prints[])(const struct status *s, FILE *out) = {
		[STATUS_TEXT] = print_text, [STATUS_JSON] = print_json,
		[STATUS_METRICS] = status_metrics, [STATUS_CHECK] = print_check,
	};
	struct status *s = calloc(1, sizeof(*s));
	int level;

	if (s == NULL)
		mem_none();
	gather(s, conf, now);
	level = (int)status_judge(s, conf->hub.present, now);
	prints[format](s, out);
	free(s);
	return level;
}
