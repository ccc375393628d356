/* SPDX-License-Identifier: GPL-3.0-or-later */
/*
 * marks - which letter and which marks make a Vietnamese capital, and how
 * the marks above a letter are drawn. The horn, the stroke and the dot below
 * are drawn by bigtext.c, since they depend on the letter.
 */
#include "parts.h"

static const struct marked capitals[] = {
	{ 0x00C0, 'A', SHAPE_NONE, TONE_GRAVE }, /* À */
	{ 0x00C1, 'A', SHAPE_NONE, TONE_ACUTE }, /* Á */
	{ 0x00C2, 'A', SHAPE_CIRCUMFLEX, TONE_NONE }, /* Â */
	{ 0x00C3, 'A', SHAPE_NONE, TONE_TILDE }, /* Ã */
	{ 0x00C8, 'E', SHAPE_NONE, TONE_GRAVE }, /* È */
	{ 0x00C9, 'E', SHAPE_NONE, TONE_ACUTE }, /* É */
	{ 0x00CA, 'E', SHAPE_CIRCUMFLEX, TONE_NONE }, /* Ê */
	{ 0x00CC, 'I', SHAPE_NONE, TONE_GRAVE }, /* Ì */
	{ 0x00CD, 'I', SHAPE_NONE, TONE_ACUTE }, /* Í */
	{ 0x00D2, 'O', SHAPE_NONE, TONE_GRAVE }, /* Ò */
	{ 0x00D3, 'O', SHAPE_NONE, TONE_ACUTE }, /* Ó */
	{ 0x00D4, 'O', SHAPE_CIRCUMFLEX, TONE_NONE }, /* Ô */
	{ 0x00D5, 'O', SHAPE_NONE, TONE_TILDE }, /* Õ */
	{ 0x00D9, 'U', SHAPE_NONE, TONE_GRAVE }, /* Ù */
	{ 0x00DA, 'U', SHAPE_NONE, TONE_ACUTE }, /* Ú */
	{ 0x00DD, 'Y', SHAPE_NONE, TONE_ACUTE }, /* Ý */
	{ 0x0102, 'A', SHAPE_BREVE, TONE_NONE }, /* Ă */
	{ 0x0110, 'D', SHAPE_STROKE, TONE_NONE }, /* Đ */
	{ 0x0128, 'I', SHAPE_NONE, TONE_TILDE }, /* Ĩ */
	{ 0x0168, 'U', SHAPE_NONE, TONE_TILDE }, /* Ũ */
	{ 0x01A0, 'O', SHAPE_HORN, TONE_NONE }, /* Ơ */
	{ 0x01AF, 'U', SHAPE_HORN, TONE_NONE }, /* Ư */
	{ 0x1EA0, 'A', SHAPE_NONE, TONE_DOT }, /* Ạ */
	{ 0x1EA2, 'A', SHAPE_NONE, TONE_HOOK }, /* Ả */
	{ 0x1EA4, 'A', SHAPE_CIRCUMFLEX, TONE_ACUTE }, /* Ấ */
	{ 0x1EA6, 'A', SHAPE_CIRCUMFLEX, TONE_GRAVE }, /* Ầ */
	{ 0x1EA8, 'A', SHAPE_CIRCUMFLEX, TONE_HOOK }, /* Ẩ */
	{ 0x1EAA, 'A', SHAPE_CIRCUMFLEX, TONE_TILDE }, /* Ẫ */
	{ 0x1EAC, 'A', SHAPE_CIRCUMFLEX, TONE_DOT }, /* Ậ */
	{ 0x1EAE, 'A', SHAPE_BREVE, TONE_ACUTE }, /* Ắ */
	{ 0x1EB0, 'A', SHAPE_BREVE, TONE_GRAVE }, /* Ằ */
	{ 0x1EB2, 'A', SHAPE_BREVE, TONE_HOOK }, /* Ẳ */
	{ 0x1EB4, 'A', SHAPE_BREVE, TONE_TILDE }, /* Ẵ */
	{ 0x1EB6, 'A', SHAPE_BREVE, TONE_DOT }, /* Ặ */
	{ 0x1EB8, 'E', SHAPE_NONE, TONE_DOT }, /* Ẹ */
	{ 0x1EBA, 'E', SHAPE_NONE, TONE_HOOK }, /* Ẻ */
	{ 0x1EBC, 'E', SHAPE_NONE, TONE_TILDE }, /* Ẽ */
	{ 0x1EBE, 'E', SHAPE_CIRCUMFLEX, TONE_ACUTE }, /* Ế */
	{ 0x1EC0, 'E', SHAPE_CIRCUMFLEX, TONE_GRAVE }, /* Ề */
	{ 0x1EC2, 'E', SHAPE_CIRCUMFLEX, TONE_HOOK }, /* Ể */
	{ 0x1EC4, 'E', SHAPE_CIRCUMFLEX, TONE_TILDE }, /* Ễ */
	{ 0x1EC6, 'E', SHAPE_CIRCUMFLEX, TONE_DOT }, /* Ệ */
	{ 0x1EC8, 'I', SHAPE_NONE, TONE_HOOK }, /* Ỉ */
	{ 0x1ECA, 'I', SHAPE_NONE, TONE_DOT }, /* Ị */
	{ 0x1ECC, 'O', SHAPE_NONE, TONE_DOT }, /* Ọ */
	{ 0x1ECE, 'O', SHAPE_NONE, TONE_HOOK }, /* Ỏ */
	{ 0x1ED0, 'O', SHAPE_CIRCUMFLEX, TONE_ACUTE }, /* Ố */
	{ 0x1ED2, 'O', SHAPE_CIRCUMFLEX, TONE_GRAVE }, /* Ồ */
	{ 0x1ED4, 'O', SHAPE_CIRCUMFLEX, TONE_HOOK }, /* Ổ */
	{ 0x1ED6, 'O', SHAPE_CIRCUMFLEX, TONE_TILDE }, /* Ỗ */
	{ 0x1ED8, 'O', SHAPE_CIRCUMFLEX, TONE_DOT }, /* Ộ */
	{ 0x1EDA, 'O', SHAPE_HORN, TONE_ACUTE }, /* Ớ */
	{ 0x1EDC, 'O', SHAPE_HORN, TONE_GRAVE }, /* Ờ */
	{ 0x1EDE, 'O', SHAPE_HORN, TONE_HOOK }, /* Ở */
	{ 0x1EE0, 'O', SHAPE_HORN, TONE_TILDE }, /* Ỡ */
	{ 0x1EE2, 'O', SHAPE_HORN, TONE_DOT }, /* Ợ */
	{ 0x1EE4, 'U', SHAPE_NONE, TONE_DOT }, /* Ụ */
	{ 0x1EE6, 'U', SHAPE_NONE, TONE_HOOK }, /* Ủ */
	{ 0x1EE8, 'U', SHAPE_HORN, TONE_ACUTE }, /* Ứ */
	{ 0x1EEA, 'U', SHAPE_HORN, TONE_GRAVE }, /* Ừ */
	{ 0x1EEC, 'U', SHAPE_HORN, TONE_HOOK }, /* Ử */
	{ 0x1EEE, 'U', SHAPE_HORN, TONE_TILDE }, /* Ữ */
	{ 0x1EF0, 'U', SHAPE_HORN, TONE_DOT }, /* Ự */
	{ 0x1EF2, 'Y', SHAPE_NONE, TONE_GRAVE }, /* Ỳ */
	{ 0x1EF4, 'Y', SHAPE_NONE, TONE_DOT }, /* Ỵ */
	{ 0x1EF6, 'Y', SHAPE_NONE, TONE_HOOK }, /* Ỷ */
	{ 0x1EF8, 'Y', SHAPE_NONE, TONE_TILDE }, /* Ỹ */
};

static const char *const shapes[][2] = {
	[SHAPE_CIRCUMFLEX] = { "  ##  ", "##  ##" },
	[SHAPE_BREVE] = { "##  ##", " #### " },
};

static const char *const tones[][2] = {
	[TONE_GRAVE] = { "##  ", "  ##" },
	[TONE_ACUTE] = { "  ##", "##  " },
	[TONE_HOOK] = { "### ", "  ##" },
	[TONE_TILDE] = { " ##  #", "#  ## " },
};

/* Right of a circumflex or breve there is less room. */
static const char *const beside[][2] = {
	[TONE_GRAVE] = { "## ", " ##" },
	[TONE_ACUTE] = { " ##", "## " },
	[TONE_HOOK] = { "###", " ##" },
	[TONE_TILDE] = { " # #", "# # " },
};

bool
glyph_marks(uint32_t code, struct marked *marked)
{
	if (code < 0x80) {
		*marked = (struct marked){ .code = code, .letter = (char)code };
		return code == ' ' || glyph_find((char)code) != NULL;
	}
	for (size_t i = 0; i < nitems(capitals); i++) {
		if (capitals[i].code == code) {
			*marked = capitals[i];
			return true;
		}
	}
	return false;
}

const char *const *
shape_rows(enum shape shape)
{
	return shape == SHAPE_CIRCUMFLEX || shape == SHAPE_BREVE ?
	    shapes[shape] : NULL;
}

const char *const *
tone_rows(enum tone tone, bool small)
{
	if (tone == TONE_NONE || tone == TONE_DOT)
		return NULL;
	return small ? beside[tone] : tones[tone];
}
