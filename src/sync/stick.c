/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * stick - the framing of a bundle, chot-bundle(5): parts with a type and a
 * length, a signature, and an END part that says how many there were and
 * what all of it hashes to. What ends before END was cut; what goes on
 * behind it is not a bundle.
 */
#include "parts.h"

#include <stdlib.h>
#include <string.h>

static const char magic[] = "chot-bundle-1\n"; /* without its NUL */
static const char signed_magic[] = "chot-bundle-1"; /* with its NUL */

#define MAGIC_BYTES (sizeof(magic) - 1)
#define COUNT_BYTES 8
#define END_BYTES (COUNT_BYTES + TLS_DIGEST_BYTES)

static void
put_number(unsigned char *out, uint64_t value, size_t width)
{
	for (size_t i = 0; i < width; i++)
		out[i] = (unsigned char)(value >> (8 * (width - 1 - i)));
}

static uint64_t
get_number(const unsigned char *in, size_t width)
{
	uint64_t value = 0;

	for (size_t i = 0; i < width; i++)
		value = value << 8 | in[i];
	return value;
}

void
stick_signed(const unsigned char digest[TLS_DIGEST_BYTES],
    unsigned char out[STICK_SIGNED_BYTES])
{
	memcpy(out, signed_magic, sizeof(signed_magic));
	memcpy(out + sizeof(signed_magic), digest, TLS_DIGEST_BYTES);
}

/* ---- writing -------------------------------------------------------------------------- */

static int
put(struct stick_out *out, const void *bytes, size_t n)
{
	tls_digest_add(out->digest, bytes, n);
	return fwrite(bytes, 1, n, out->file) == n ? 0 : -1;
}

int
stick_begin(struct stick_out *out, FILE *file)
{
	*out = (struct stick_out){ .file = file, .digest = tls_digest_new() };
	return put(out, magic, MAGIC_BYTES);
}

int
stick_put(struct stick_out *out, const char *type, const void *bytes,
    size_t n)
{
	unsigned char head[STICK_HEAD_BYTES];

	memcpy(head, type, STICK_TYPE_BYTES);
	put_number(head + STICK_TYPE_BYTES, n, 4);
	out->count++;
	return put(out, head, sizeof(head)) < 0 || put(out, bytes, n) < 0 ?
	    -1 : 0;
}

int
stick_end(struct stick_out *out)
{
	unsigned char body[END_BYTES];

	put_number(body, out->count, COUNT_BYTES);
	tls_digest_so_far(out->digest, body + COUNT_BYTES);
	return stick_put(out, "END ", body, sizeof(body));
}

void
stick_free(struct stick_out *out)
{
	unsigned char unused[TLS_DIGEST_BYTES];

	if (out->digest != NULL)
		tls_digest_end(out->digest, unused);
	out->digest = NULL;
}

/* ---- reading ---------------------------------------------------------------------------- */

struct reading {
	FILE *file;
	struct tls_digest *digest;
	uint64_t count;
	unsigned char *body; /* STICK_PART_MAX */
	unsigned char before[TLS_DIGEST_BYTES]; /* of all before this part */
	unsigned char cert[TLS_CERTIFICATE_MAX];
	size_t cert_len;
	bool is_signed, ended;
};

static int
cut_short(struct err *err)
{
	return err_set(err, ERR_INPUT, _("the bundle is cut short"));
}

static int
get(struct reading *r, void *bytes, size_t n, struct err *err)
{
	if (fread(bytes, 1, n, r->file) != n)
		return ferror(r->file) ? err_set(err, ERR_RETRY,
		    _("the stick cannot be read")) : cut_short(err);
	return 0;
}

static int
take_signature(struct reading *r, size_t len, struct err *err)
{
	unsigned char said[STICK_SIGNED_BYTES];

	stick_signed(r->before, said);
	if (r->cert_len == 0 || r->is_signed ||
	    !tls_verify(r->cert, r->cert_len, said, sizeof(said), r->body,
	    len))
		return err_set(err, ERR_INPUT,
		    _("the bundle's signature does not hold"));
	r->is_signed = true;
	return 0;
}

static int
take_end(struct reading *r, size_t len, struct err *err)
{
	if (len != END_BYTES || get_number(r->body, COUNT_BYTES) != r->count ||
	    memcmp(r->body + COUNT_BYTES, r->before, TLS_DIGEST_BYTES) != 0)
		return err_set(err, ERR_INPUT, _("the bundle is damaged"));
	if (fgetc(r->file) != EOF)
		return err_set(err, ERR_INPUT,
		    _("something follows the end of the bundle"));
	r->ended = true;
	return 0;
}

static int
take_part(struct reading *r, const char *type, size_t len, stick_fn fn,
    void *arg, struct err *err)
{
	if (memcmp(type, "CERT", 4) == 0) {
		if (len > sizeof(r->cert) || r->cert_len > 0)
			return err_set(err, ERR_INPUT,
			    _("the bundle is damaged"));
		memcpy(r->cert, r->body, len);
		r->cert_len = len;
	}
	if (memcmp(type, "SIGN", 4) == 0)
		return take_signature(r, len, err);
	if (memcmp(type, "END ", 4) == 0)
		return take_end(r, len, err);
	/* Behind the signature nothing counts. */
	if (r->is_signed)
		return err_set(err, ERR_INPUT, _("the bundle is damaged"));
	r->body[len] = '\0';
	return fn != NULL ? fn(arg, type, r->body, len, err) : 0;
}

static int
read_part(struct reading *r, stick_fn fn, void *arg, struct err *err)
{
	unsigned char head[STICK_HEAD_BYTES];
	char type[STICK_TYPE_BYTES + 1] = "";
	size_t len;

	tls_digest_so_far(r->digest, r->before);
	if (get(r, head, sizeof(head), err) < 0)
		return -1;
	memcpy(type, head, STICK_TYPE_BYTES);
	len = (size_t)get_number(head + STICK_TYPE_BYTES, 4);
	if (len > STICK_PART_MAX)
		return err_set(err, ERR_INPUT, _("the bundle is damaged"));
	if (get(r, r->body, len, err) < 0)
		return -1;
	tls_digest_add(r->digest, head, sizeof(head));
	tls_digest_add(r->digest, r->body, len);
	if (take_part(r, type, len, fn, arg, err) < 0)
		return -1;
	r->count++;
	return 0;
}

int
stick_read(FILE *file, stick_fn fn, void *arg, bool *was_signed,
    struct err *err)
{
	struct reading *r = calloc(1, sizeof(*r));
	unsigned char start[MAGIC_BYTES];
	int ret = 0;

	if (r == NULL || (r->body = malloc(STICK_PART_MAX + 1)) == NULL)
		mem_none();
	r->file = file;
	r->digest = tls_digest_new();
	if (fread(start, 1, sizeof(start), file) != sizeof(start) ||
	    memcmp(start, magic, sizeof(start)) != 0)
		ret = err_set(err, ERR_INPUT, _("not a bundle"));
	tls_digest_add(r->digest, start, sizeof(start));
	while (ret == 0 && !r->ended)
		ret = read_part(r, fn, arg, err);
	*was_signed = r->is_signed;
	tls_digest_end(r->digest, r->before);
	free(r->body);
	free(r);
	return ret;
}
