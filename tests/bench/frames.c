/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * frames - camera frames drawn from a seed.
 *
 * A code of real data lies on a card, is seen in perspective, lit, blurred,
 * disturbed by noise and squeezed by JPEG, as much of each as the row of its
 * kind says. Amounts are ranges, so that a kind is no single picture.
 */
#include "frames.h"
#include "kinds.h"

#include <math.h>
#include <qrencode.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define SCARS_MAX 8
#define SPOTS_MAX 8

/* A stroke of ink or of paper, in modules. */
struct scar {
	float u, v, du, dv; /* from, and its direction */
	float length, width;
	bool ink;
};

struct code_made {
	QRcode *qr;
	float h[9];         /* frame to modules, a homography */
	float quiet, curve, dark;
	bool inverted, mirrored, logo;
	struct scar scar[SCARS_MAX];
};

struct scene {
	const struct kind *kind;
	unsigned long long dice;
	int width, height;
	float dark, light, module;
	float room; /* pixels for one code, both ways */
	size_t ncodes;
	struct code_made code[FRAMES_TEXTS_MAX];
	float *value; /* of each pixel */
};

static unsigned
throw_dice(struct scene *s)
{
	s->dice = s->dice * 6364136223846793005ull + 1442695040888963407ull;
	return (unsigned)(s->dice >> 33);
}

static float
pick(struct scene *s, struct range range)
{
	return range.from + (range.to - range.from) *
	    (float)(throw_dice(s) % 10001) / 10000;
}

static float
normal(struct scene *s)
{
	float sum = 0;

	for (int i = 0; i < 6; i++)
		sum += pick(s, (struct range){ -1, 1 });
	return sum * 0.7071f;
}

/* ---- codes ------------------------------------------------------------------- */

static void
write_text(struct scene *s, enum payload payload, char *text, size_t size)
{
	static const char base45[] =
	    "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ $%*+-./:";
	size_t n, many;

	if (payload == EVERY)
		payload = (enum payload)(throw_dice(s) % EVERY);
	switch (payload) {
	case NUMBER:
		snprintf(text, size, "%u", throw_dice(s));
		return;
	case LONG:
	case CARD:
		snprintf(text, size, "094%09u|%09u|Nguyễn Thị Mẫu|%02u032000|"
		    "Nữ|Ấp Mẫu %u, Xã Thử Nghiệm, Mỹ Xuyên, Sóc Trăng|"
		    "10052021", throw_dice(s) % 1000000000,
		    throw_dice(s) % 1000000000, throw_dice(s) % 28 + 1,
		    throw_dice(s) % 100);
		return;
	case CERTIFICATE:
		many = payload == LONG ? 1100 + throw_dice(s) % 1200 :
		    560 + throw_dice(s) % 120;
		strcpy(text, "HC1:");
		for (n = 4; n < many; n++)
			text[n] = base45[throw_dice(s) % 45];
		text[n] = '\0';
		return;
	default:
		snprintf(text, size, "https://khai.example/%c%u",
		    (int)('a' + throw_dice(s) % 26), throw_dice(s));
	}
}

static void
multiply(const float a[9], const float b[9], float to[9])
{
	for (int i = 0; i < 9; i++)
		to[i] = a[i / 3 * 3] * b[i % 3] + a[i / 3 * 3 + 1] *
		    b[3 + i % 3] + a[i / 3 * 3 + 2] * b[6 + i % 3];
}

static void
invert(const float h[9], float to[9])
{
	for (int i = 0; i < 9; i++) {
		int r0 = (i % 3 + 1) % 3, r1 = (i % 3 + 2) % 3;
		int c0 = (i / 3 + 1) % 3, c1 = (i / 3 + 2) % 3;

		to[i] = h[3 * r0 + c0] * h[3 * r1 + c1] -
		    h[3 * r0 + c1] * h[3 * r1 + c0];
	}
}

/* Seen from three times its side, turned, then tilted about any axis. */
static void
lay(struct scene *s, struct code_made *code, float x, float y)
{
	const float degree = (float)M_PI / 180;
	float size = (float)code->qr->width, side = size * s->module;
	float turn = pick(s, s->kind->turn) * degree;
	float tilt = pick(s, s->kind->tilt) * degree;
	float axis = pick(s, (struct range){ 0, 2 * (float)M_PI });
	float ct = cosf(turn) * s->module, st = sinf(turn) * s->module;
	float ca = cosf(axis), sa = sinf(axis), k = cosf(tilt);
	float far = sinf(tilt) / (3 * side);
	const float middle[9] = { 1, 0, -size / 2, 0, 1, -size / 2, 0, 0, 1 };
	const float turned[9] = { ct, -st, 0, st, ct, 0, 0, 0, 1 };
	const float to_axis[9] = { ca, sa, 0, -sa, ca, 0, 0, 0, 1 };
	const float tilted[9] = { 1, 0, 0, 0, k, 0, 0, far, 1 };
	const float back[9] = { ca, -sa, 0, sa, ca, 0, 0, 0, 1 };
	const float moved[9] = { 1, 0, x, 0, 1, y, 0, 0, 1 };
	float a[9], b[9];

	multiply(turned, middle, a);
	multiply(to_axis, a, b);
	multiply(tilted, b, a);
	multiply(back, a, b);
	multiply(moved, b, a);
	invert(a, code->h);
}

static void
scratch(struct scene *s, struct code_made *code)
{
	float n = (float)code->qr->width;

	for (int i = 0; i < s->kind->scars && i < SCARS_MAX; i++) {
		struct scar *scar = &code->scar[i];
		float angle = pick(s, (struct range){ 0, 6.28f });

		scar->u = pick(s, (struct range){ 0, n });
		scar->v = pick(s, (struct range){ 0, n });
		scar->du = cosf(angle);
		scar->dv = sinf(angle);
		scar->length = pick(s, (struct range){ 2, n / 2 });
		scar->width = pick(s, (struct range){ 0.3f, 1.4f });
		scar->ink = throw_dice(s) % 2 == 0;
	}
}

static int
add_code(struct scene *s, struct frame_made *made, float x, float y)
{
	static const QRecLevel levels[] = { QR_ECLEVEL_L, QR_ECLEVEL_M,
		QR_ECLEVEL_Q, QR_ECLEVEL_H };
	struct code_made *code = &s->code[s->ncodes];
	char *text = made->text[made->ntexts];
	QRecLevel level;

	write_text(s, s->kind->payload, text, sizeof(made->text[0]));
	level = s->kind->logo ? QR_ECLEVEL_H : strlen(text) > 900 ?
	    QR_ECLEVEL_L : strlen(text) > 500 ? QR_ECLEVEL_M : levels[throw_dice(s) % 4];
	code->qr = strncmp(text, "HC1", 3) == 0 ?
	    QRcode_encodeString(text, 0, level, QR_MODE_8, 1) :
	    QRcode_encodeData((int)strlen(text), (unsigned char *)text, 0,
	    level);
	if (code->qr == NULL)
		return -1;
	s->ncodes++;
	made->ntexts++;
	/* It must not leave its part of the frame. */
	s->module = fminf(pick(s, s->kind->module), 0.68f * s->room /
	    (float)(code->qr->width + 4));
	code->dark = s->dark;
	if (s->kind->faint && s->ncodes == 2) {
		s->module *= 0.5f;
		code->dark = 0.6f * s->light;
	}
	code->quiet = pick(s, s->kind->quiet);
	code->inverted = s->kind->inverted;
	code->mirrored = s->kind->mirrored;
	code->logo = s->kind->logo;
	code->curve = s->kind->curve;
	scratch(s, code);
	lay(s, code, x, y);
	return 0;
}

/* -1: no scar here, 0: paper, 1: ink. */
static int
scar_at(const struct code_made *code, float u, float v)
{
	for (int i = 0; i < SCARS_MAX; i++) {
		const struct scar *scar = &code->scar[i];
		float x = u - scar->u, y = v - scar->v;
		float along = x * scar->du + y * scar->dv;
		float aside = x * scar->dv - y * scar->du;

		if (scar->width > 0 && along >= 0 && along < scar->length &&
		    fabsf(aside) < scar->width / 2)
			return scar->ink;
	}
	return -1;
}

/* -1: not of this code, 0: light, 1: dark. */
static int
ink_of(const struct code_made *code, float x, float y)
{
	const float *h = code->h;
	float w = h[6] * x + h[7] * y + h[8];
	float u = (h[0] * x + h[1] * y + h[2]) / w;
	float v = (h[3] * x + h[4] * y + h[5]) / w;
	int n = code->qr->width, iu, iv, scarred;
	float part = (u / (float)n - 0.5f) * 2, middle = (float)n / 2;
	bool dark = false;

	v += code->curve * (float)n * (part * part - 0.5f);
	if (code->mirrored)
		u = (float)n - u;
	if (u < -code->quiet || v < -code->quiet ||
	    u >= (float)n + code->quiet || v >= (float)n + code->quiet)
		return -1;
	iu = (int)floorf(u);
	iv = (int)floorf(v);
	if (iu >= 0 && iv >= 0 && iu < n && iv < n)
		dark = code->qr->data[iv * n + iu] & 1;
	if (code->logo && hypotf(u - middle, v - middle) < 0.15f * (float)n)
		dark = fabsf(u - middle) < 0.06f * (float)n;
	scarred = scar_at(code, u, v);
	if (scarred >= 0)
		return scarred;
	return dark != code->inverted;
}

/* A dim desk with edges and print on it. */
static float
desk(float x, float y, const struct scene *s)
{
	float line = sinf(x * 0.11f + y * 0.013f) * sinf(y * 0.23f);

	return s->light * (0.55f + 0.1f * sinf(x * 0.01f) +
	    (line > 0.8f ? -0.2f : 0));
}

static float
value_at(const struct scene *s, float x, float y)
{
	for (size_t i = 0; i < s->ncodes; i++) {
		int ink = ink_of(&s->code[i], x, y);

		if (ink >= 0)
			return ink > 0 ? s->code[i].dark : s->light;
	}
	return desk(x, y, s);
}

/* ---- what light, lens and wire do --------------------------------------------- */

static void
draw(struct scene *s)
{
	static const float at[3] = { -0.333f, 0, 0.333f };

	for (int y = 0; y < s->height; y++)
		for (int x = 0; x < s->width; x++) {
			float sum = 0;

			for (int k = 0; k < 9; k++)
				sum += value_at(s, (float)x + at[k % 3],
				    (float)y + at[k / 3]);
			s->value[y * s->width + x] = sum / 9;
		}
}

static void
light_up(struct scene *s)
{
	float lost = pick(s, s->kind->gradient);
	float angle = pick(s, (struct range){ 0, 6.28f });
	float radius = pick(s, s->kind->glare) * s->module;
	float gx = (float)s->width / 2 + 6 * s->module * normal(s);
	float gy = (float)s->height / 2 + 6 * s->module * normal(s);

	for (int y = 0; y < s->height; y++)
		for (int x = 0; x < s->width; x++) {
			float *v = &s->value[y * s->width + x];
			float along = 0.5f + (cosf(angle) * ((float)x /
			    (float)s->width - 0.5f) + sinf(angle) *
			    ((float)y / (float)s->height - 0.5f));
			float d = hypotf((float)x - gx, (float)y - gy);

			*v *= 1 - lost * fminf(fmaxf(along, 0), 1);
			if (radius > 0)
				*v += 260 * expf(-d * d / (radius * radius));
			if (s->kind->moire)
				*v *= 1 + 0.12f * sinf((float)x * 2.2f) *
				    sinf((float)y * 2.05f + (float)x * 0.1f);
		}
}

/* A hand or a frame between lamp and paper: two straight edges, and spots of
 * sunlight. */
static void
cast(struct scene *s)
{
	const struct range turn = { 0, 6.28f }, near = { -6, 6 };
	float angle[2] = { pick(s, turn), pick(s, turn) };
	float off[2] = { pick(s, near), pick(s, near) };
	float spot[SPOTS_MAX][3];
	int spots = s->kind->spots < SPOTS_MAX ? s->kind->spots : SPOTS_MAX;

	for (int i = 0; i < spots; i++) {
		spot[i][0] = pick(s, (struct range){ -12, 12 }) * s->module;
		spot[i][1] = pick(s, (struct range){ -12, 12 }) * s->module;
		spot[i][2] = pick(s, (struct range){ 1.5f, 7 }) * s->module;
	}
	for (int y = 0; y < s->height; y++)
		for (int x = 0; x < s->width; x++) {
			float *v = &s->value[y * s->width + x];
			float dx = (float)x - (float)s->width / 2;
			float dy = (float)y - (float)s->height / 2;

			for (int i = 0; i < 2; i++)
				if (dx * cosf(angle[i]) + dy * sinf(angle[i]) >
				    off[i] * s->module)
					*v *= 1 - s->kind->shadow;
			for (int i = 0; i < spots; i++)
				if (hypotf(dx - spot[i][0], dy - spot[i][1]) <
				    spot[i][2])
					*v = *v * 1.5f + 110;
		}
}

/* Along one line of n values; reach taps each way. */
static void
smear(float *value, int n, ptrdiff_t step, const float *tap, int reach)
{
	float line[2048];

	for (int i = 0; i < n; i++)
		line[i] = value[i * step];
	for (int i = 0; i < n; i++) {
		float sum = 0;

		for (int k = -reach; k <= reach; k++) {
			int at = i + k < 0 ? 0 : i + k >= n ? n - 1 : i + k;

			sum += tap[k + reach] * line[at];
		}
		value[i * step] = sum;
	}
}

static void
blur(struct scene *s)
{
	float sigma = pick(s, s->kind->blur) * s->module;
	float far = pick(s, s->kind->motion) * s->module;
	float tap[64], all = 0;
	int reach = (int)(3 * sigma) + 1;

	if (reach > 31)
		reach = 31;
	for (int k = -reach; k <= reach; k++)
		all += tap[k + reach] = expf(-(float)(k * k) /
		    (2 * sigma * sigma + 1e-6f));
	for (int k = 0; k <= 2 * reach; k++)
		tap[k] /= all;
	for (int y = 0; y < s->height; y++)
		smear(s->value + y * s->width, s->width, 1, tap, reach);
	for (int x = 0; x < s->width; x++)
		smear(s->value + x, s->height, s->width, tap, reach);
	reach = (int)(far / 2 + 0.5f);
	if (reach < 1 || reach > 31)
		return;
	for (int k = 0; k <= 2 * reach; k++)
		tap[k] = 1 / (float)(2 * reach + 1);
	for (int y = 0; y < s->height; y++)
		smear(s->value + y * s->width, s->width, 1, tap, reach);
}

static void
develop(struct scene *s, struct grey *grey)
{
	float sigma = pick(s, s->kind->noise);

	for (int i = 0; i < s->width * s->height; i++) {
		float v = s->value[i] + sigma * normal(s);

		grey->pixels[i] = (unsigned char)(v < 0 ? 0 : v > 255 ? 255 :
		    v + 0.5f);
	}
	if (s->kind->jpeg > 0)
		squeeze(grey, s->kind->jpeg);
}

/* ---- door --------------------------------------------------------------------- */

const char *
frames_kind(int kind)
{
	int more = kind - frames_kinds_count;

	return more < 0 ? frames_kinds[kind].name :
	    more < empty_kinds_count ? empty_kind(more) :
	    hostile_kind(more - empty_kinds_count);
}

static int
add_codes(struct scene *s, struct frame_made *made)
{
	int across = s->kind->across, down = s->kind->down, got = 0;
	float w = (float)s->width, h = (float)s->height;

	if (across == 0) {
		s->room = h;
		return add_code(s, made, w / 2 + 10 * normal(s), h / 2);
	}
	w /= (float)across;
	h /= (float)down;
	s->room = fminf(w, h);
	for (int i = 0; i < across * down && got == 0; i++)
		got = add_code(s, made, w * (0.5f + (float)(i % across)),
		    h * (0.5f + (float)(i / across)));
	return got;
}

static int
make(int kind, unsigned seed, struct frame_made *made, struct err *err)
{
	const struct kind *k = &frames_kinds[kind];
	struct scene s = { .kind = k, .width = k->width, .height = k->height,
		.dice = seed * 2654435761ull + (unsigned)kind * 97 };
	int got = -1;

	memset(made, 0, sizeof(*made));
	for (int i = 0; i < 8; i++)
		throw_dice(&s);
	s.dark = pick(&s, k->dark);
	s.light = pick(&s, k->light);
	/* Low contrast is told as a difference. */
	if (s.light < s.dark)
		s.light += s.dark;
	s.value = malloc((size_t)(s.width * s.height) * sizeof(*s.value));
	made->grey = grey_new(s.width, s.height, err);
	if (s.value != NULL && made->grey != NULL)
		got = add_codes(&s, made);
	if (got == 0) {
		draw(&s);
		light_up(&s);
		if (k->shadow > 0 || k->spots > 0)
			cast(&s);
		blur(&s);
		develop(&s, made->grey);
	}
	for (size_t i = 0; i < s.ncodes; i++)
		QRcode_free(s.code[i].qr);
	free(s.value);
	return got;
}

int
frames_make(int kind, unsigned seed, struct frame_made *made, struct err *err)
{
	int more = kind - frames_kinds_count;

	return more < 0 ? make(kind, seed, made, err) :
	    more < empty_kinds_count ? empty_make(more, seed, made, err) :
	    hostile_make(more - empty_kinds_count, seed, made, err);
}
