/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stream - follows a Y4M file to its end, or a FIFO for as long as we run.
 *
 * Another program (ffmpeg, a camera's own) writes into the FIFO. When it
 * closes, the FIFO is opened again and the next stream begins with a header.
 * In a file time is counted by frames, so that the machine's speed changes
 * nothing; in a FIFO it is the clock's.
 */
#include "parts.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define STREAM_CHUNK 65536
#define STREAM_FAULT_MS 500 /* between two fault lines */

struct stream {
	struct camera *camera;
	const char *path;
	int fd;
	bool fifo;
	bool faulted;
	int64_t fault_ms; /* of the last fault line */
	struct y4m y4m;
	int failed;
	struct err *err;
};

static void on_readable(void *arg, int fd, short revents);

static void
on_frame(void *arg, const struct grey *frame, int64_t at_ms)
{
	struct stream *stream = arg;

	camera_frame(stream->camera, frame, false, stream->fifo ?
	    loop_now_ms(stream->camera->loop) : at_ms);
}

static void
stop(struct stream *stream, int failed)
{
	stream->failed = failed;
	loop_stop(stream->camera->loop);
}

/* A writer that sends rubbish for ever must not fill the log. */
static void
fault(struct stream *stream, const char *words)
{
	int64_t now_ms = loop_now_ms(stream->camera->loop);

	if (stream->faulted && now_ms - stream->fault_ms < STREAM_FAULT_MS)
		return;
	stream->faulted = true;
	stream->fault_ms = now_ms;
	report_fault(&stream->camera->report, stream->path, words);
}

static int
open_path(struct stream *stream, struct err *err)
{
	struct stat st;

	stream->fd = open(stream->path,
	    O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOCTTY);
	if (stream->fd < 0 || fstat(stream->fd, &st) != 0)
		return err_set(err, ERR_SETUP, "%s: %s", stream->path,
		    strerror(errno));
	if (!S_ISREG(st.st_mode) && !S_ISFIFO(st.st_mode))
		return err_set(err, ERR_SETUP, "%s: neither a file nor a FIFO",
		    stream->path);
	stream->fifo = S_ISFIFO(st.st_mode);
	return loop_watch(stream->camera->loop, stream->fd, POLLIN,
	    on_readable, stream, err);
}

/* The writer has closed. The new descriptor is open before the old one goes,
 * so that the next writer always finds a reader. */
static void
end_stream(struct stream *stream)
{
	int old = stream->fd;

	if (!y4m_whole(&stream->y4m))
		fault(stream, N_("cut short in the middle of a frame"));
	y4m_clear(&stream->y4m);
	loop_drop(stream->camera->loop, old);
	stream->fd = -1;
	if (!stream->fifo)
		stop(stream, 0);
	else if (open_path(stream, stream->err) != 0)
		stop(stream, -1);
	close(old);
}

static void
on_readable(void *arg, int fd, short revents)
{
	struct stream *stream = arg;
	unsigned char bytes[STREAM_CHUNK];
	const unsigned char *at = bytes;
	ssize_t n = read(fd, bytes, sizeof(bytes));
	size_t left;
	struct err err;

	(void)revents;
	if (n < 0 && (errno == EAGAIN || errno == EINTR))
		return;
	if (n < 0) {
		err_set(stream->err, ERR_RETRY, "%s: %s", stream->path,
		    strerror(errno));
		stop(stream, -1);
		return;
	}
	if (n == 0) {
		end_stream(stream);
		return;
	}
	left = (size_t)n;
	while (y4m_push(&stream->y4m, &at, &left, on_frame, stream,
	    &err) != 0) {
		fault(stream, err.text);
		if (!stream->fifo) {
			stop(stream, 0);
			return;
		}
	}
	if (report_done(&stream->camera->report))
		stop(stream, 0);
}

int
stream_run(struct camera *camera, const char *path, struct err *err)
{
	struct stream stream = { .camera = camera, .path = path, .fd = -1,
		.err = err };
	int got;

	y4m_init(&stream.y4m);
	got = open_path(&stream, err);
	if (got == 0)
		got = loop_run(camera->loop, err);
	if (got == 0)
		got = stream.failed;
	if (stream.fd >= 0) {
		loop_drop(camera->loop, stream.fd);
		close(stream.fd);
	}
	y4m_clear(&stream.y4m);
	return got;
}
