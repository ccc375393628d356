/* SPDX-License-Identifier: GPL-3.0-or-later */
#include "shoulder.h"

#include <errno.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#define HELLO_MAX 256     /* bytes */
#define HELLO_MS 5000     /* to say who looks, and to be recorded */
#define GAP_MS 250        /* between pictures */
#define STUCK_MS 10000    /* of a picture nothing was taken */
#define QUEUE_BYTES 16384 /* in the kernel: a slow one sees no long past */
#define COST_MS 60000     /* one look a minute in the long run */
#define CREDIT_MS 600000  /* ten at once: a bad line, a second person */
#define WHO_MAX 64
#define PLAIN_COLS 80
#define PLAIN_ROWS 24

enum stage {
	STAGE_NONE,      /* nobody is here */
	STAGE_HELLO,     /* connected, not said who */
	STAGE_RECORDING, /* announced, not yet on the disk */
	STAGE_LOOKS,
};

struct shoulder {
	struct station *st;
	char path[sizeof(((struct sockaddr_un *)0)->sun_path)];
	int listener, fd;
	enum stage stage;
	uid_t uid;
	char who[WHO_MAX], from[WHO_MAX], line[HELLO_MAX + 1];
	struct lines lines;
	bool heard;        /* one line came; there is no second */
	int64_t since_ms, picture_ms, taken_ms, barred_ms;
	int64_t paid_ms;   /* until when the looks that there were pay */
	int64_t n;         /* of the record that it began with */
	char *out;         /* a picture on its way */
	size_t len, sent;
	bool wanted;       /* the screen changed since */
	int timer;
};

static void on_watcher(void *arg, int fd, short revents);

/* ---- the end --------------------------------------------------------------------- */

static void
record(struct shoulder *s, const char *state, const char *by)
{
	struct station *st = s->st;
	struct session *session = &st->lanes[0].session;
	struct moment m = station_moment(st);
	struct record_head head = { "shoulder", ++st->shift.next_n };
	char uid[24], seconds[24];
	const char *fields[] = { "state", state, "who", s->who, "from",
		s->from, "#uid", uid, "by", by, by[0] != '\0' ? "#seconds" :
		NULL, seconds, NULL };

	snprintf(uid, sizeof(uid), "%lu", (unsigned long)s->uid);
	snprintf(seconds, sizeof(seconds), "%lld",
	    (long long)((m.now_ms - s->since_ms) / 1000));
	s->n = head.n;
	session_put(session, record_fields(session, &head, &m, "shoulder",
	    fields), head.n, 0, "");
	station_carry_out(st);
}

/* The last word, if there is room for it and no picture is half sent. */
static void
hang_up(int fd, bool between, const char *by)
{
	char line[64];
	int n = snprintf(line, sizeof(line), "{\"end\":\"%s\"}\n", by);

	if (between)
		(void)!send(fd, line, (size_t)n, MSG_DONTWAIT | MSG_NOSIGNAL);
	close(fd);
}

static void
end(struct shoulder *s, const char *by)
{
	enum stage stage = s->stage;

	if (stage == STAGE_NONE)
		return;
	s->stage = STAGE_NONE; /* carrying out the record draws */
	loop_cancel(s->st->loop, s->timer);
	loop_drop(s->st->loop, s->fd);
	hang_up(s->fd, s->sent == 0, by);
	free(s->out);
	s->out = NULL;
	s->fd = -1;
	s->timer = 0;
	s->sent = s->len = 0;
	if (stage == STAGE_HELLO)
		return;
	record(s, "ended", by);
	s->st->dirty = true;
}

/* ---- pictures ---------------------------------------------------------------------- */

static char *
picture(const struct station *st)
{
	char *styles, *text, *line;

	if (st->screen != NULL)
		text = screen_copy(st->screen, &styles);
	else
		text = screen_text(&st->view, PLAIN_COLS, PLAIN_ROWS, &styles);
	if (text == NULL)
		return NULL; /* the officer does not see it either */
	line = json_picture(text, styles);
	free(text);
	free(styles);
	return line;
}

static void
send_on(struct shoulder *s)
{
	int64_t now = loop_now_ms(s->st->loop);
	ssize_t n = send(s->fd, s->out + s->sent, s->len - s->sent,
	    MSG_DONTWAIT | MSG_NOSIGNAL);

	if (n < 0 && errno != EAGAIN && errno != EINTR) {
		end(s, "watcher");
		return;
	}
	if (n > 0) {
		s->sent += (size_t)n;
		s->taken_ms = now;
	}
	if (s->sent == s->len) {
		free(s->out);
		s->out = NULL;
		s->len = s->sent = 0;
	}
	loop_watch(s->st->loop, s->fd, s->out != NULL ? POLLIN | POLLOUT :
	    POLLIN, on_watcher, s, NULL);
}

static void
on_gap(void *arg)
{
	struct shoulder *s = arg;

	s->timer = 0;
	shoulder_drawn(s);
}

void
shoulder_drawn(struct shoulder *s)
{
	int64_t now;

	if (s == NULL || s->stage != STAGE_LOOKS)
		return;
	now = loop_now_ms(s->st->loop);
	s->wanted = true;
	if (s->out != NULL || s->timer != 0)
		return;
	if (now - s->picture_ms < GAP_MS) {
		s->timer = loop_at(s->st->loop, s->picture_ms + GAP_MS, on_gap,
		    s);
		return;
	}
	s->out = picture(s->st);
	if (s->out == NULL)
		return;
	s->wanted = false;
	s->len = strlen(s->out);
	s->picture_ms = s->taken_ms = now;
	send_on(s);
}

/* ---- who looks ------------------------------------------------------------------------ */

static void
on_hello(void *arg, char *line, size_t n)
{
	struct shoulder *s = arg;
	int64_t now = loop_now_ms(s->st->loop);
	char from[WHO_MAX];
	int at = 0;

	(void)n;
	if (s->heard)
		return;
	s->heard = true;
	if (sscanf(line, "hello 1 %63s %n", from, &at) != 1 || at == 0 ||
	    line[at] == '\0')
		return;
	text_clean(from, strlen(from), s->from, sizeof(s->from));
	text_clean(line + at, strlen(line + at), s->who, sizeof(s->who));
	s->stage = STAGE_RECORDING;
	s->since_ms = now;
	s->paid_ms = (s->paid_ms > now ? s->paid_ms : now) + COST_MS;
	record(s, "began", "");
}

static void
read_hello(struct shoulder *s)
{
	char bytes[HELLO_MAX];
	ssize_t n = recv(s->fd, bytes, sizeof(bytes), MSG_DONTWAIT);

	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	/* Nothing is taken from a watcher: not one key. */
	if (n <= 0 || s->stage != STAGE_HELLO) {
		end(s, "watcher");
		return;
	}
	lines_push(&s->lines, bytes, (size_t)n, on_hello, s);
	if (s->stage == STAGE_HELLO && (s->heard || s->lines.dropped > 0 ||
	    s->lines.spoilt))
		end(s, "not-understood");
}

static void
on_watcher(void *arg, int fd, short revents)
{
	struct shoulder *s = arg;

	(void)fd;
	if ((revents & ~POLLOUT) != 0)
		read_hello(s);
	if (s->stage == STAGE_LOOKS && (revents & POLLOUT) != 0 &&
	    s->out != NULL)
		send_on(s);
	if (s->stage == STAGE_LOOKS && s->out == NULL && s->wanted)
		shoulder_drawn(s);
}

/* Each look makes two records: whoever asks without end may not fill the disk. */
static const char *
refusal(const struct shoulder *s, int64_t now)
{
	if (s->stage != STAGE_NONE)
		return "busy";
	if (now < s->barred_ms)
		return "officer";
	return s->paid_ms - now > CREDIT_MS - COST_MS ? "often" : NULL;
}

static void
on_knock(void *arg, int listener, short revents)
{
	struct shoulder *s = arg;
	struct ucred peer = { .uid = (uid_t)-1 };
	socklen_t size = sizeof(peer);
	int64_t now = loop_now_ms(s->st->loop);
	int fd = accept4(listener, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	const char *why;

	(void)revents;
	if (fd < 0)
		return;
	why = refusal(s, now);
	if (why != NULL) {
		hang_up(fd, true, why);
		return;
	}
	(void)getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &peer, &size);
	(void)setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &(int){ QUEUE_BYTES },
	    sizeof(int));
	s->fd = fd;
	s->uid = peer.uid;
	s->stage = STAGE_HELLO;
	s->heard = s->wanted = false;
	s->since_ms = now;
	s->picture_ms = 0;
	lines_init(&s->lines, s->line, HELLO_MAX);
	if (loop_watch(s->st->loop, fd, POLLIN, on_watcher, s, NULL) != 0)
		end(s, "post");
}

/* ---- door --------------------------------------------------------------------------------- */

void
shoulder_recorded(struct shoulder *s, int64_t n)
{
	if (s == NULL || s->stage != STAGE_RECORDING || n != s->n)
		return;
	s->stage = STAGE_LOOKS;
	s->st->dirty = true;
}

void
shoulder_tick(struct shoulder *s)
{
	int64_t now;

	if (s == NULL || s->stage == STAGE_NONE)
		return;
	now = loop_now_ms(s->st->loop);
	if (s->stage != STAGE_LOOKS && now - s->since_ms > HELLO_MS)
		end(s, s->stage == STAGE_HELLO ? "not-understood" :
		    "not-recorded");
	else if (s->out != NULL && now - s->taken_ms > STUCK_MS)
		end(s, "slow");
	else if (now - s->since_ms > SHOULDER_MAX_MS)
		end(s, "time");
}

bool
shoulder_looks(const struct shoulder *s)
{
	return s != NULL && s->stage >= STAGE_RECORDING;
}

void
shoulder_end(struct shoulder *s)
{
	if (!shoulder_looks(s))
		return;
	s->barred_ms = loop_now_ms(s->st->loop) + SHOULDER_BAR_MS;
	end(s, "officer");
}

void
shoulder_view(const struct shoulder *s, struct view *view)
{
	if (shoulder_looks(s))
		snprintf(view->watched, sizeof(view->watched),
		    _("WATCHED (P 0 ends it): %s"), s->who);
}

static int
listen_at(struct shoulder *s, struct err *err)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	memcpy(address.sun_path, s->path, sizeof(s->path));
	s->listener = socket(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK |
	    SOCK_CLOEXEC, 0);
	unlink(s->path); /* of a station that was killed: the lock is ours */
	/* Nobody can connect before listen(), so the mode is right in time. */
	if (s->listener < 0 || bind(s->listener, (struct sockaddr *)&address,
	    sizeof(address)) != 0 || chmod(s->path, 0660) != 0 ||
	    listen(s->listener, 1) != 0)
		return err_set(err, ERR_SETUP, "%s: %s", s->path,
		    strerror(errno));
	return loop_watch(s->st->loop, s->listener, POLLIN, on_knock, s, err);
}

struct shoulder *
shoulder_open(struct station *st)
{
	struct shoulder *s = calloc(1, sizeof(*s));
	struct err err = { 0 };
	int n;

	if (s == NULL)
		mem_none();
	s->st = st;
	s->fd = s->listener = -1;
	n = snprintf(s->path, sizeof(s->path), "%s/look", st->conf->run);
	if (n >= (int)sizeof(s->path))
		err_set(&err, ERR_SETUP, "%s: too long for a socket",
		    st->conf->run);
	else if (listen_at(s, &err) == 0)
		return s;
	log_line(loop_wall(st->loop), LOG_LEVEL_WARN, "%s", err.text);
	if (s->listener >= 0)
		close(s->listener);
	free(s);
	return NULL;
}

void
shoulder_close(struct shoulder *s)
{
	if (s == NULL)
		return;
	end(s, "post");
	loop_drop(s->st->loop, s->listener);
	close(s->listener);
	unlink(s->path);
	free(s);
}
