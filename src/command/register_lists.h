/* SPDX-License-Identifier: GPL-3.0-or-later */
#ifndef REGISTER_LISTS_H
#define REGISTER_LISTS_H

#include "base.h"
#include "conf.h"

bool lists_in(const char *path); /* is it a bundle? */
int lists_import(const struct conf *conf, const char *path, bool json,
    struct err *err);
int lists_messages(const struct conf *conf, struct err *err);

#endif
