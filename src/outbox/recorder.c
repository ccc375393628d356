/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * recorder - the child that alone writes the outbox: lines in, lines out.
 *
 * Every put is answered once and in order, by `done` when it is on disk or
 * by `fault`; a fault ends nothing. `hello` is said again when a new outbox
 * was begun: then the station resends what it still holds. Lines hold
 * persons' data, so that they are wiped and never logged.
 */
#include "parts.h"

#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#define OK_MS 10000
#define CHUNK_MAX 65536
#define HEAD_MAX 32   /* "put N ", of a line that is dropped */
#define ANSWER_MAX 1024

static const int end_signals[] = { SIGTERM, SIGINT, SIGHUP };

struct recorder {
	struct loop *loop;
	struct outbox *box;
	const char *path;
	int in_fd, out_fd;
	struct lines lines;
	char head[HEAD_MAX + 1]; /* of the line that is coming in */
	size_t head_len;
	bool greeted;  /* the station told its run */
	bool mute;     /* nobody reads the answers any more */
	bool untidy;   /* put since the log was last emptied */
	bool put_now;  /* put since the last ok */
	uint64_t run;
	uint32_t epoch; /* last told */
	struct outbox_id acknowledged; /* seq 0: nothing to prune */
	struct slices slices; /* beside the work */
	struct err *err;
	int result;
	char chunk[CHUNK_MAX], buffer[RECORDER_LINE_MAX + 1];
};

/* ---- lines in -------------------------------------------------------------------------- */

/* A number of at most 18 digits, greater than 0, and what is behind it. */
static bool
parse_n(const char *text, int64_t *n, const char **rest)
{
	int digits = 0;

	*n = 0;
	while (text[digits] >= '0' && text[digits] <= '9' && digits < 18)
		*n = *n * 10 + (text[digits++] - '0');
	*rest = text + digits;
	if (digits == 0 || *n == 0 || (**rest != ' ' && **rest != '\0'))
		*n = 0;
	return *n > 0;
}

/* Up to 16 hexadecimal digits; a longer one may be decimal. */
static bool
parse_run(const char *text, uint64_t *run)
{
	size_t n = strcspn(text, " ");
	int base = n <= 16 ? 16 : 10;

	if (n == 0 || strspn(text, base == 16 ? "0123456789abcdefABCDEF" :
	    "0123456789") != n)
		return false;
	errno = 0;
	*run = strtoull(text, NULL, base);
	return errno == 0;
}

static int
parse_hello(const char *rest, struct recorder_line *out, struct err *err)
{
	const char *run;
	int64_t version;

	out->kind = RECORDER_HELLO;
	/* A later version says more behind the run, never something else. */
	if (!parse_n(rest, &version, &run) || *run != ' ' ||
	    !parse_run(run + 1, &out->run))
		return err_set(err, ERR_INPUT, N_("not a hello"));
	return 0;
}

static int
parse_put(const char *rest, struct recorder_line *out, struct err *err)
{
	out->kind = RECORDER_PUT;
	if (!parse_n(rest, &out->n, &out->body) || *out->body != ' ')
		return err_set(err, ERR_INPUT, N_("record without a number"));
	out->body++;
	if (strlen(out->body) > RECORD_BODY_MAX)
		return err_set(err, ERR_INPUT, N_("record too long"));
	if (!body_is_object(out->body, strlen(out->body)))
		return err_set(err, ERR_INPUT, N_("not a record"));
	return 0;
}

/* "SEQ EPOCH" of an acknowledgement or a fork. */
static int
parse_place(const char *rest, enum recorder_kind kind,
    struct recorder_line *out, struct err *err)
{
	unsigned char epoch[4];
	const char *word;

	out->kind = kind;
	if (!parse_n(rest, &out->id.seq, &word) || *word != ' ' ||
	    hex_parse(word + 1, strlen(word + 1), epoch, sizeof(epoch)) !=
	    sizeof(epoch))
		return err_set(err, ERR_INPUT, N_("not the place of a record"));
	out->id.epoch = (uint32_t)epoch[0] << 24 | (uint32_t)epoch[1] << 16 |
	    (uint32_t)epoch[2] << 8 | epoch[3];
	return 0;
}

int
recorder_parse(const char *line, struct recorder_line *out, struct err *err)
{
	*out = (struct recorder_line){ .kind = RECORDER_UNKNOWN };
	if (strncmp(line, "hello ", 6) == 0)
		return parse_hello(line + 6, out, err);
	if (strncmp(line, "put ", 4) == 0)
		return parse_put(line + 4, out, err);
	if (strncmp(line, "acknowledged ", 13) == 0)
		return parse_place(line + 13, RECORDER_ACKNOWLEDGED, out, err);
	if (strncmp(line, "fork ", 5) == 0)
		return parse_place(line + 5, RECORDER_FORK, out, err);
	return 0;
}

/* ---- lines out ------------------------------------------------------------------------- */

static void
stop(struct recorder *rec, int result)
{
	rec->result = result;
	if (rec->loop != NULL)
		loop_stop(rec->loop);
}

static void
send_bytes(struct recorder *rec, const char *bytes, size_t n)
{
	if (rec->mute || file_write_all(rec->out_fd, bytes, n) == 0)
		return;
	/* Without a reader what came in is still stored; a lost answer to one
	 * who waits ends the recorder, so that the station resends. */
	rec->mute = true;
	if (errno != EPIPE)
		stop(rec, err_set(rec->err, ERR_RETRY, "answers: %s",
		    strerror(errno)));
}

__attribute__((format(printf, 2, 3))) static void
say(struct recorder *rec, const char *format, ...)
{
	char raw[ANSWER_MAX], line[ANSWER_MAX + 1];
	size_t n;
	va_list ap;

	va_start(ap, format);
	vsnprintf(raw, sizeof(raw), format, ap);
	va_end(ap);
	/* Words may quote a path, and a path may hold anything. */
	n = text_clean(raw, strlen(raw), line, sizeof(line) - 1);
	line[n++] = '\n';
	send_bytes(rec, line, n);
}

static void
say_hello(struct recorder *rec)
{
	int64_t last = outbox_last(rec->box, rec->run);

	rec->epoch = outbox_epoch(rec->box);
	say(rec, "hello 1 %08x %lld", (unsigned)rec->epoch, (long long)last);
}

/* A new outbox may have been begun by any call on it. */
static void
tell_news(struct recorder *rec)
{
	char words[ERR_TEXT_MAX];

	outbox_notice(rec->box, words);
	if (words[0] != '\0') {
		log_line(loop_wall(rec->loop), LOG_LEVEL_FAULT, "outbox %s",
		    words);
		say(rec, "notice outbox %s", words);
	}
	if (rec->greeted && rec->epoch != outbox_epoch(rec->box))
		say_hello(rec);
}

/* ---- one line ---------------------------------------------------------------------------- */

static void
refuse(struct recorder *rec, int64_t n, const struct err *why)
{
	log_line(loop_wall(rec->loop), LOG_LEVEL_WARN, "record %lld: %s",
	    (long long)n, why->text);
	say(rec, "fault %lld %s", (long long)n, why->text);
}

static void
store_record(struct recorder *rec, const struct recorder_line *line)
{
	int64_t at = loop_wall(rec->loop);
	char text[OUTBOX_ID_MAX];
	struct outbox_id id;
	struct err err;
	int ret;

	ret = outbox_put(rec->box, rec->run, line->n, line->body, at, &id,
	    &err);
	if (ret < 0 && outbox_was_full(rec->box) && ballast_drop(rec->path)) {
		log_line(at, LOG_LEVEL_WARN, "disk full: ballast dropped");
		ret = outbox_put(rec->box, rec->run, line->n, line->body, at,
		    &id, &err);
	}
	tell_news(rec);
	if (ret < 0) {
		refuse(rec, line->n, &err);
		return;
	}
	rec->untidy = rec->put_now = true;
	outbox_id_print(outbox_station(rec->box), id, text);
	say(rec, "done %lld %s", (long long)line->n, text);
}

static void
on_line(void *arg, char *text, size_t len)
{
	struct recorder *rec = arg;
	struct recorder_line line;
	struct err err;

	if (recorder_parse(text, &line, &err) < 0) {
		refuse(rec, line.n, &err);
	} else if (line.kind == RECORDER_ACKNOWLEDGED) {
		rec->acknowledged = line.id;
	} else if (line.kind == RECORDER_FORK) {
		if (outbox_fork(rec->box, line.id, &err) < 0)
			refuse(rec, 0, &err);
		tell_news(rec);
	} else if (line.kind == RECORDER_HELLO) {
		rec->run = line.run;
		rec->greeted = true;
		say_hello(rec);
		tell_news(rec);
	} else if (line.kind == RECORDER_PUT && !rec->greeted) {
		err_set(&err, ERR_INPUT, "%s", N_("no hello yet"));
		refuse(rec, line.n, &err);
	} else if (line.kind == RECORDER_PUT) {
		store_record(rec, &line);
	}
	seal_wipe(text, len);
}

/* A line that was dropped is answered too, if it was a put: the one who
 * waits for it would wait for ever. */
static void
refuse_dropped(struct recorder *rec)
{
	struct recorder_line line;
	struct err err;

	rec->head[rec->head_len] = '\0';
	if (recorder_parse(rec->head, &line, &err) < 0 &&
	    line.kind == RECORDER_PUT) {
		err_set(&err, ERR_INPUT, "%s", N_("record too long"));
		refuse(rec, line.n, &err);
	}
}

static void
feed(struct recorder *rec, const char *bytes, size_t n)
{
	while (n > 0) {
		const char *lf = memchr(bytes, '\n', n);
		size_t len = lf != NULL ? (size_t)(lf - bytes) + 1 : n;
		size_t room = HEAD_MAX - rec->head_len;
		unsigned dropped = rec->lines.dropped;

		memcpy(rec->head + rec->head_len, bytes,
		    len < room ? len : room);
		rec->head_len += len < room ? len : room;
		lines_push(&rec->lines, bytes, len, on_line, rec);
		if (rec->lines.dropped != dropped)
			refuse_dropped(rec);
		if (lf != NULL)
			rec->head_len = 0;
		bytes += len;
		n -= len;
	}
}

/* ---- the loop ----------------------------------------------------------------------------- */

/* False at the end of input. */
static bool
take(struct recorder *rec)
{
	ssize_t n = read(rec->in_fd, rec->chunk, sizeof(rec->chunk));

	if (n < 0)
		return errno == EINTR || errno == EAGAIN;
	feed(rec, rec->chunk, (size_t)n);
	seal_wipe(rec->chunk, (size_t)n);
	return n > 0;
}

static void
on_input(void *arg, int fd, short revents)
{
	struct recorder *rec = arg;

	(void)fd;
	(void)revents;
	if (!take(rec))
		stop(rec, rec->result);
}

/* What was sent before the signal is stored before the end. */
static void
on_signal(void *arg, int signo)
{
	struct recorder *rec = arg;
	struct pollfd in = { rec->in_fd, POLLIN, 0 };

	(void)signo;
	while (poll(&in, 1, 0) > 0 && take(rec))
		;
	stop(rec, rec->result);
}

/* Only when nothing comes in, and until there is nothing old left. */
static void
prune(struct recorder *rec)
{
	struct err err;
	int64_t count = outbox_prune(rec->box, rec->acknowledged,
	    loop_wall(rec->loop), &err);

	if (count < 0)
		log_line(loop_wall(rec->loop), LOG_LEVEL_WARN, "outbox: %s",
		    err.text);
	if (count <= 0)
		rec->acknowledged.seq = 0; /* until the next line */
	else
		rec->untidy = true;
}

static void
tidy(struct recorder *rec)
{
	struct err err;

	if (!rec->untidy || slices_scrub(&rec->slices))
		return;
	if (outbox_tidy(rec->box, &err) < 0)
		log_line(loop_wall(rec->loop), LOG_LEVEL_WARN, "outbox: %s",
		    err.text);
	rec->untidy = false;
}

/* ---- beside the work ----------------------------------------------------------------------- */

static void
on_news(void *arg)
{
	tell_news(arg);
}

static void
on_found(void *arg, const struct outbox_found *found)
{
	say(arg, "notice outbox salvaged %lld %lld", (long long)found->saved,
	    (long long)found->lost);
}

/* ---- until the end of input ------------------------------------------------------------------ */

static void
on_tick(void *arg)
{
	struct recorder *rec = arg;

	say(rec, "ok");
	if (!rec->put_now) {
		tidy(rec);
		prune(rec);
		ballast_keep(rec->path);
		tell_news(rec);
		slices_look_aside(&rec->slices);
	}
	rec->put_now = false;
	loop_at(rec->loop, loop_now_ms(rec->loop) + OK_MS, on_tick, rec);
}

static int
serve(struct recorder *rec, struct err *err)
{
	for (size_t i = 0; i < nitems(end_signals); i++)
		if (loop_signal(rec->loop, end_signals[i], on_signal, rec,
		    err) < 0)
			return -1;
	if (loop_watch(rec->loop, rec->in_fd, POLLIN, on_input, rec, err) < 0)
		return -1;
	loop_at(rec->loop, loop_now_ms(rec->loop) + OK_MS, on_tick, rec);
	tell_news(rec);
	rec->slices.loop = rec->loop;
	rec->slices.box = rec->box;
	rec->slices.calls = (struct slices_calls){ on_news, on_found, rec };
	slices_begin(&rec->slices);
	return loop_run(rec->loop, err) < 0 ? -1 : rec->result;
}

static struct outbox *
open_box(const char *path, const char *station, const char *seal_path,
    struct err *err)
{
	struct outbox *box = outbox_open(path, OUTBOX_WRITE, station,
	    seal_path, err);

	if (box == NULL && ballast_drop(path))
		box = outbox_open(path, OUTBOX_WRITE, station, seal_path, err);
	return box;
}

int
recorder_serve(const char *outbox_path, const char *station,
    const char *seal_path, int in_fd, int out_fd, struct err *err)
{
	static const struct rlimit no_core = { 0, 0 };
	struct recorder *rec = calloc(1, sizeof(*rec));
	int ret = -1;

	if (rec == NULL)
		mem_none();
	/* A core file would hold the names that are being sealed. */
	setrlimit(RLIMIT_CORE, &no_core);
	rec->path = rec->slices.path = outbox_path;
	rec->in_fd = in_fd;
	rec->out_fd = out_fd;
	rec->err = err;
	lines_init(&rec->lines, rec->buffer, RECORDER_LINE_MAX);
	scrub_fork(&rec->slices.scrub, outbox_path, in_fd, out_fd);
	rec->box = open_box(outbox_path, station, seal_path, err);
	if (rec->box == NULL)
		say(rec, "fault 0 %s", err->text);
	else if ((rec->loop = loop_new(err)) != NULL)
		ret = serve(rec, err);
	loop_free(rec->loop);
	slices_end(&rec->slices);
	outbox_close(rec->box);
	seal_wipe(rec, sizeof(*rec));
	free(rec);
	return ret;
}
