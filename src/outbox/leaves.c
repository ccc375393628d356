/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * leaves - records in the pages of a database that SQLite cannot open any
 * more, or cannot get at: its header, its table of tables or an inner page is
 * gone. Each page, and each page in the log, that is a leaf of a table is
 * taken by itself; the order of records is not that of pages.
 *
 * All of it may be anything: nothing is believed but what holds its hash.
 */
#include "parts.h"

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define LEAF 0x0d /* kind of page */
#define WHOLE_MAX (LEAVES_PAGE - 35) /* bytes of a row without other pages */
#define LOCAL_MIN ((LEAVES_PAGE - 12) * 32 / 255 - 23)
#define CHAIN_BYTES (LEAVES_PAGE - 4) /* of a row, in each other page */
#define WAL_HEADER 32
#define FRAME_HEADER 24
#define COLUMNS 9

enum column { SEQ, AT, RUN, N, SCHEMA, KEY_ID, PREV, HASH, SEALED };

struct cursor { /* of bytes that are there */
	const unsigned char *at, *end;
};

struct field {
	uint64_t type;
	const unsigned char *bytes;
	size_t len;
};

/* ---- bytes ------------------------------------------------------------------------ */

static uint32_t
number(const unsigned char *bytes, size_t n)
{
	uint32_t value = 0;

	for (size_t i = 0; i < n; i++)
		value = value << 8 | bytes[i];
	return value;
}

static bool
take_varint(struct cursor *c, uint64_t *value)
{
	*value = 0;
	for (int i = 0; i < 9 && c->at < c->end; i++) {
		unsigned char byte = *c->at++;

		if (i == 8) {
			*value = *value << 8 | byte;
			return true;
		}
		*value = *value << 7 | (byte & 0x7f);
		if ((byte & 0x80) == 0)
			return true;
	}
	return false;
}

static bool
take_size(uint64_t type, size_t *len)
{
	static const size_t sizes[] = { 0, 1, 2, 3, 4, 6, 8, 8, 0, 0 };

	if (type < nitems(sizes))
		*len = sizes[type];
	else if (type >= 12 && type < 2 * SEALED_MAX + 14)
		*len = (size_t)(type - 12) / 2;
	else
		return false;
	return true;
}

static int64_t
integer(const struct field *f)
{
	uint64_t value = f->len > 0 && (f->bytes[0] & 0x80) != 0 ?
	    UINT64_MAX : 0;

	if (f->type == 9)
		return 1;
	for (size_t i = 0; i < f->len; i++)
		value = value << 8 | f->bytes[i];
	return (int64_t)value;
}

static bool
is_integer(const struct field *f)
{
	return (f->type >= 1 && f->type <= 6) || f->type == 8 || f->type == 9;
}

/* ---- a row ------------------------------------------------------------------------------- */

static bool
split(const unsigned char *row, size_t n, struct field fields[COLUMNS])
{
	struct cursor types = { row, row + n };
	uint64_t header;
	size_t at;

	if (!take_varint(&types, &header) || header > n)
		return false;
	types.end = row + header;
	at = (size_t)header;
	for (int i = 0; i < COLUMNS; i++) {
		if (!take_varint(&types, &fields[i].type) ||
		    !take_size(fields[i].type, &fields[i].len) ||
		    fields[i].len > n - at)
			return false;
		fields[i].bytes = row + at;
		at += fields[i].len;
	}
	return types.at == types.end && at == n;
}

static bool
is_record(const struct field f[COLUMNS])
{
	return f[SEQ].type == 0 && is_integer(&f[AT]) && is_integer(&f[RUN]) &&
	    is_integer(&f[N]) && is_integer(&f[SCHEMA]) &&
	    f[KEY_ID].type == 13 + 2 * (SEAL_ID_MAX - 1) &&
	    f[PREV].type == 12 + 2 * OUTBOX_HASH_BYTES &&
	    f[HASH].type == 12 + 2 * OUTBOX_HASH_BYTES &&
	    f[SEALED].type >= 12 && f[SEALED].type % 2 == 0 &&
	    f[SEALED].len >= SEAL_OVERHEAD && f[SEALED].len <= SEALED_MAX;
}

static bool
take_row(struct leaves *l, uint64_t seq, size_t n, struct leaves_record *out)
{
	struct field f[COLUMNS];

	if (seq == 0 || seq > INT64_MAX || !split(l->row, n, f) ||
	    !is_record(f))
		return false;
	memcpy(out->key_id, f[KEY_ID].bytes, SEAL_ID_MAX - 1);
	out->key_id[SEAL_ID_MAX - 1] = '\0';
	if (strlen(out->key_id) != SEAL_ID_MAX - 1)
		return false;
	out->run = (uint64_t)integer(&f[RUN]);
	out->n = integer(&f[N]);
	out->item = (struct outbox_item){
		.id.seq = (int64_t)seq, .at = integer(&f[AT]),
		.prev = f[PREV].bytes, .hash = f[HASH].bytes,
		.key_id = out->key_id, .schema = (int)integer(&f[SCHEMA]),
		.sealed = f[SEALED].bytes, .sealed_len = f[SEALED].len,
	};
	return out->n > 0;
}

/* ---- pages -------------------------------------------------------------------------------- */

static bool
read_at(int fd, off_t at, void *out, size_t n)
{
	return fd >= 0 && pread(fd, out, n, at) == (ssize_t)n;
}

static off_t
frame_at(int64_t frame)
{
	return WAL_HEADER + (off_t)frame * (FRAME_HEADER + LEAVES_PAGE);
}

/* The newest in the log, else that of the file. */
static bool
read_page(struct leaves *l, uint32_t page, unsigned char out[LEAVES_PAGE])
{
	unsigned char name[4];

	for (int64_t i = l->frames - 1; i >= 0; i--)
		if (read_at(l->wal_fd, frame_at(i), name, sizeof(name)) &&
		    number(name, 4) == page)
			return read_at(l->wal_fd, frame_at(i) + FRAME_HEADER,
			    out, LEAVES_PAGE);
	return page > 0 && page <= l->pages && read_at(l->fd,
	    (off_t)(page - 1) * LEAVES_PAGE, out, LEAVES_PAGE);
}

/* The rest of a row that did not fit into its leaf. */
static bool
read_chain(struct leaves *l, uint32_t page, size_t at, size_t n)
{
	unsigned char bytes[LEAVES_PAGE];

	while (at < n) {
		size_t part = n - at < CHAIN_BYTES ? n - at : CHAIN_BYTES;

		if (!read_page(l, page, bytes))
			return false;
		memcpy(l->row + at, bytes + 4, part);
		page = number(bytes, 4);
		at += part;
	}
	return true;
}

static bool
take_cell(struct leaves *l, size_t at, struct leaves_record *out)
{
	struct cursor c = { l->page + at, l->page + LEAVES_PAGE };
	uint64_t n, seq;
	size_t local;

	if (!take_varint(&c, &n) || !take_varint(&c, &seq) ||
	    n > sizeof(l->row))
		return false;
	local = (size_t)n;
	if (n > WHOLE_MAX) {
		local = LOCAL_MIN + (size_t)(n - LOCAL_MIN) % CHAIN_BYTES;
		if (local > WHOLE_MAX)
			local = LOCAL_MIN;
	}
	if ((size_t)(c.end - c.at) < local + (local < n ? 4 : 0))
		return false;
	memcpy(l->row, c.at, local);
	return (local == n || read_chain(l, number(c.at + local, 4), local,
	    (size_t)n)) && take_row(l, seq, (size_t)n, out);
}

static void
take_page(struct leaves *l, leaves_fn fn, void *arg)
{
	size_t head = 8, cells = number(l->page + 3, 2);
	struct leaves_record record;

	if (l->page[0] != LEAF || head + 2 * cells > LEAVES_PAGE)
		return;
	for (size_t i = 0; i < cells; i++) {
		size_t at = number(l->page + head + 2 * i, 2);

		if (at < LEAVES_PAGE && take_cell(l, at, &record))
			fn(arg, &record);
	}
}

/* What did not come to its end was never said to be recorded; and half of a
 * fork must not pass for one. */
static bool
ends_transaction(const struct leaves *l, int64_t frame)
{
	unsigned char pages[4];

	return read_at(l->wal_fd, frame_at(frame) + 4, pages, sizeof(pages)) &&
	    number(pages, sizeof(pages)) != 0;
}

/* ---- door ------------------------------------------------------------------------------- */

bool
leaves_open(struct leaves *l, const char *path)
{
	char wal[PATH_MAX];
	struct stat st;

	*l = (struct leaves){ .wal_fd = -1 };
	l->fd = open(path, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (l->fd < 0)
		return false;
	if (fstat(l->fd, &st) == 0)
		l->pages = st.st_size / LEAVES_PAGE;
	if (snprintf(wal, sizeof(wal), "%s-wal", path) < (int)sizeof(wal))
		l->wal_fd = open(wal, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (l->wal_fd >= 0 && fstat(l->wal_fd, &st) == 0 &&
	    st.st_size > WAL_HEADER)
		l->frames = (st.st_size - WAL_HEADER) /
		    (FRAME_HEADER + LEAVES_PAGE);
	while (l->frames > 0 && !ends_transaction(l, l->frames - 1))
		l->frames--;
	return true;
}

bool
leaves_step(struct leaves *l, leaves_fn fn, void *arg)
{
	bool read;

	if (l->next >= l->pages + l->frames)
		return false;
	read = l->next < l->pages ?
	    read_at(l->fd, (off_t)l->next * LEAVES_PAGE, l->page,
	    LEAVES_PAGE) : read_at(l->wal_fd, frame_at(l->next - l->pages) +
	    FRAME_HEADER, l->page, LEAVES_PAGE);
	l->next++;
	if (read)
		take_page(l, fn, arg);
	return true;
}

void
leaves_close(struct leaves *l)
{
	if (l->fd >= 0)
		close(l->fd);
	if (l->wal_fd >= 0)
		close(l->wal_fd);
	l->fd = l->wal_fd = -1;
}
