/* SPDX-License-Identifier: GPL-3.0-or-later */
/* careless - see careless.c. */
#ifndef CARELESS_H
#define CARELESS_H

#include <stdbool.h>

void careless_set(bool on);

#endif
