// zstd, which compresses the journal.
#pragma once

#include <zstd.h>
