/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * multipart - cuts multipart/x-mixed-replace, as cameras send it, into parts.
 *
 * Cameras differ in how many dashes begin a boundary, whether a part tells its
 * length and whether it is right to trust the last line's end. A part that is
 * longer than MULTIPART_PART_MAX is dropped whole, and the next is taken.
 */
#include "parts.h"

#include <ctype.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#define PART_FIRST (64u << 10) /* bytes a buffer begins with */

int
multipart_init(struct multipart *m, const char *type, struct err *err)
{
	const char *at = strcasestr(type, "boundary=");
	size_t n;

	*m = (struct multipart){ .state = MULTIPART_BETWEEN };
	if (strncasecmp(type, "multipart/", 10) != 0 || at == NULL)
		return err_set(err, ERR_INPUT, "no multipart stream");
	at += strlen("boundary=");
	at += *at == '"';
	at += strspn(at, "-");
	n = strcspn(at, "\"; \t");
	if (n == 0 || n > MULTIPART_BOUNDARY_MAX)
		return err_set(err, ERR_INPUT, "no usable boundary");
	memcpy(m->boundary, at, n);
	m->boundary_len = n;
	return 0;
}

void
multipart_clear(struct multipart *m)
{
	free(m->part);
	*m = (struct multipart){ .state = MULTIPART_BETWEEN };
}

static void
begin_part(struct multipart *m)
{
	m->len = 0;
	m->searched = 0;
	m->spoilt = false;
	m->state = m->length >= 0 ? MULTIPART_COUNTED : MULTIPART_SEARCHED;
}

static void
end_part(struct multipart *m, multipart_fn fn, void *arg)
{
	if (!m->spoilt && m->len > 0)
		fn(arg, m->part, m->len);
	m->len = 0;
	m->length = -1;
}

static bool
keep(struct multipart *m, const unsigned char *bytes, size_t n)
{
	size_t room = m->room > 0 ? m->room : PART_FIRST;
	unsigned char *grown;

	if (n > MULTIPART_PART_MAX - m->len)
		return false;
	while (room < m->len + n)
		room *= 2;
	if (room != m->room) {
		grown = realloc(m->part, room);
		if (grown == NULL)
			return false;
		m->part = grown;
		m->room = room;
	}
	memcpy(m->part + m->len, bytes, n);
	m->len += n;
	return true;
}

static bool
is_boundary(const struct multipart *m)
{
	size_t dashes = strspn(m->line, "-");

	return dashes >= 2 && strncmp(m->line + dashes, m->boundary,
	    m->boundary_len) == 0;
}

static void
take_header(struct multipart *m)
{
	static const char name[] = "content-length:";
	const char *at = m->line + sizeof(name) - 1;
	char *end;
	long length;

	if (strncasecmp(m->line, name, sizeof(name) - 1) != 0)
		return;
	length = strtol(at, &end, 10);
	if (end != at && length > 0)
		m->length = length;
}

/* A line between parts or of a part's head, without its end. */
static void
take_line(struct multipart *m)
{
	if (m->state == MULTIPART_BETWEEN) {
		if (is_boundary(m)) {
			m->state = MULTIPART_HEAD;
			m->head_lines = 0;
			m->length = -1;
		}
	} else if (m->line_len == 0) {
		begin_part(m);
	} else if (++m->head_lines > MULTIPART_HEAD_MAX) {
		m->state = MULTIPART_BETWEEN;
	} else {
		take_header(m);
	}
}

static size_t
push_lines(struct multipart *m, const unsigned char *bytes, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (bytes[i] != '\n') {
			/* What is too long is no line that we know. */
			if (m->line_len < MULTIPART_LINE_MAX)
				m->line[m->line_len++] = (char)bytes[i];
			continue;
		}
		if (m->line_len > 0 && m->line[m->line_len - 1] == '\r')
			m->line_len--;
		m->line[m->line_len] = '\0';
		take_line(m);
		m->line_len = 0;
		if (m->state == MULTIPART_COUNTED ||
		    m->state == MULTIPART_SEARCHED)
			return i + 1;
	}
	return n;
}

static size_t
push_counted(struct multipart *m, const unsigned char *bytes, size_t n,
    multipart_fn fn, void *arg)
{
	size_t take = (size_t)m->length < n ? (size_t)m->length : n;

	if (!m->spoilt && !keep(m, bytes, take))
		m->spoilt = true;
	m->length -= (long)take;
	if (m->length == 0) {
		end_part(m, fn, arg);
		m->state = MULTIPART_BETWEEN;
	}
	return take;
}

/* The end of a part without a length: a line of dashes and the boundary.
 * Gives how many bytes of the buffer are the part's, or -1. */
static long
find_end(struct multipart *m)
{
	size_t from = m->searched;

	while (from + m->boundary_len <= m->len) {
		const unsigned char *found = memmem(m->part + from,
		    m->len - from, m->boundary, m->boundary_len);
		size_t at;

		if (found == NULL)
			break;
		at = (size_t)(found - m->part);
		from = at + 1;
		while (at > 0 && m->part[at - 1] == '-')
			at--;
		if ((size_t)(found - m->part) - at < 2 || at == 0 ||
		    m->part[at - 1] != '\n')
			continue;
		at--;
		return (long)(at > 0 && m->part[at - 1] == '\r' ? at - 1 : at);
	}
	m->searched = m->len > m->boundary_len ? m->len - m->boundary_len : 0;
	return -1;
}

/* Byte after byte would be dear: a line's end is looked for first. */
static size_t
push_searched(struct multipart *m, const unsigned char *bytes, size_t n,
    multipart_fn fn, void *arg)
{
	const unsigned char *line = memchr(bytes, '\n', n);
	size_t take = line != NULL ? (size_t)(line - bytes) + 1 : n;
	long end;

	if (!keep(m, bytes, take)) {
		/* Too long: only its tail, where the boundary may be, is kept. */
		m->spoilt = true;
		m->len = 0;
		m->searched = 0;
		return take;
	}
	end = find_end(m);
	if (end < 0)
		return take;
	m->len = (size_t)end;
	end_part(m, fn, arg);
	/* The boundary's line may go on; what follows is the next head. */
	m->state = line != NULL ? MULTIPART_HEAD : MULTIPART_REST;
	m->head_lines = 0;
	m->line_len = 0;
	return take;
}

static size_t
push_rest(struct multipart *m, const unsigned char *bytes, size_t n)
{
	const unsigned char *line = memchr(bytes, '\n', n);

	if (line == NULL)
		return n;
	m->state = MULTIPART_HEAD;
	return (size_t)(line - bytes) + 1;
}

void
multipart_push(struct multipart *m, const unsigned char *bytes, size_t n,
    multipart_fn fn, void *arg)
{
	while (n > 0) {
		size_t took = n;

		switch (m->state) {
		case MULTIPART_BETWEEN:
		case MULTIPART_HEAD:
			took = push_lines(m, bytes, n);
			break;
		case MULTIPART_COUNTED:
			took = push_counted(m, bytes, n, fn, arg);
			break;
		case MULTIPART_SEARCHED:
			took = push_searched(m, bytes, n, fn, arg);
			break;
		case MULTIPART_REST:
			took = push_rest(m, bytes, n);
			break;
		}
		bytes += took;
		n -= took;
	}
}
