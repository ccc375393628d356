/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * mem - memory that is there, or the process ends with one line and the
 * status for "try again later"; never with half an answer.
 */
#include "parts.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sysexits.h>
#include <unistd.h>

#define STACK_DEPTH 65536 /* bytes */
#define STREAM_ROOM 1024  /* bytes, to begin with */

void
mem_none(void)
{
	static const char words[] = "chot: out of memory\n";
	ssize_t put;

	rescue_now(); /* or the words would be on a screen that goes */
	put = write(STDERR_FILENO, words, sizeof(words) - 1);
	(void)put;
	/* No clean-up: it could want memory. What counts is on disk. */
	_exit(EX_TEMPFAIL);
}

void *
mem_take(size_t size)
{
	return mem_retake(NULL, size);
}

void *
mem_retake(void *old, size_t size)
{
	void *taken = realloc(old, size);

	if (taken == NULL && size > 0)
		mem_none();
	return taken;
}

void *
mem_grow(void *old, size_t count, size_t size)
{
	void *grown = reallocarray(old, count, size);

	if (grown == NULL && count > 0 && size > 0)
		mem_none();
	return grown;
}

struct stream {
	char **text;
	size_t *n;
	size_t room;
};

static ssize_t
stream_write(void *cookie, const char *bytes, size_t n)
{
	struct stream *stream = cookie;

	while (stream->room - *stream->n <= n) {
		stream->room *= 2;
		*stream->text = mem_retake(*stream->text, stream->room);
	}
	memcpy(*stream->text + *stream->n, bytes, n);
	*stream->n += n;
	(*stream->text)[*stream->n] = '\0';
	return (ssize_t)n;
}

static int
stream_close(void *cookie)
{
	free(cookie);
	return 0;
}

FILE *
mem_stream(char **text, size_t *n)
{
	static const cookie_io_functions_t calls = { .write = stream_write,
		.close = stream_close };
	struct stream *stream = mem_take(sizeof(*stream));
	FILE *out;

	*stream = (struct stream){ text, n, STREAM_ROOM };
	*text = mem_take(stream->room);
	**text = '\0';
	*n = 0;
	out = fopencookie(stream, "w", calls);
	if (out == NULL)
		mem_none();
	return out;
}

char *
mem_string(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(mem_grow(NULL, size, 1), text, size);
}

void
mem_secret(void *at, size_t size)
{
	uintptr_t page = (uintptr_t)sysconf(_SC_PAGESIZE);
	uintptr_t from = (uintptr_t)at / page * page;
	uintptr_t end = ((uintptr_t)at + size + page - 1) / page * page;

	/* Beyond RLIMIT_MEMLOCK it may be swapped out: `chot status` says
	 * whether this machine does that at all. */
	mlock((void *)from, end - from);
	madvise((void *)from, end - from, MADV_DONTDUMP);
}

void *
mem_move(void *old, size_t used, size_t size, bool secret)
{
	void *moved = mem_take(size);

	if (secret)
		mem_secret(moved, size);
	if (used > 0) {
		memcpy(moved, old, used);
		explicit_bzero(old, used);
	}
	free(old);
	return moved;
}

void
mem_secret_stack(void)
{
	char below[STACK_DEPTH];

	explicit_bzero(below, sizeof(below)); /* the stack grows by touch */
	mem_secret(below, sizeof(below));
}
