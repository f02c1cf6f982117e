/* Runs SavedModels with TensorFlow's C library, as programs do that know
 * nothing of Keras. It reads jobs from the standard input:
 *
 *   load DIRECTORY
 *   floats OPERATION INDEX FILE RANK SIDE...   an input, raw float32
 *   strings OPERATION INDEX COUNT FILE...      an input, a file per element
 *   fetch OPERATION INDEX                      an output
 *   run
 *
 * and prints every output as a line: its type (f, i or s), its rank, its
 * sides, and its values; strings in hexadecimal digits, with an x before.
 */
#include <inttypes.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tensorflow/c/c_api.h>

#define MOST 32

static TF_Status *status;
static TF_Graph *graph;
static TF_Session *session;
static TF_Output inputs[MOST], outputs[MOST];
static TF_Tensor *given[MOST], *found[MOST];
static int input_count, output_count;

static void fail(const char *what) {
  fprintf(stderr, "%s\n", what);
  exit(1);
}

static void check(void) {
  if (TF_GetCode(status) != TF_OK) fail(TF_Message(status));
}

static char *read_file(const char *path, size_t *size) {
  FILE *file = fopen(path, "rb");
  if (!file) fail(path);
  fseek(file, 0, SEEK_END);
  *size = (size_t)ftell(file);
  rewind(file);
  char *data = malloc(*size + 1);
  if (fread(data, 1, *size, file) != *size) fail("read");
  fclose(file);
  return data;
}

static TF_Output place(void) {
  static char name[4096];
  int index;
  if (scanf("%4095s %d", name, &index) != 2) fail("operation");
  TF_Operation *operation = TF_GraphOperationByName(graph, name);
  if (!operation) fail(name);
  TF_Output found_output = {operation, index};
  return found_output;
}

static void load(void) {
  char path[4096];
  const char *tags[] = {"serve"};
  if (scanf("%4095s", path) != 1) fail("path");
  TF_SessionOptions *options = TF_NewSessionOptions();
  graph = TF_NewGraph();
  session = TF_LoadSessionFromSavedModel(options, NULL, path, tags, 1, graph,
                                         NULL, status);
  check();
  TF_DeleteSessionOptions(options);
  input_count = output_count = 0;
}

static void floats(void) {
  char path[4096];
  int rank;
  int64_t sides[8];
  size_t size;
  inputs[input_count] = place();
  if (scanf("%4095s %d", path, &rank) != 2 || rank > 8) fail("shape");
  for (int i = 0; i < rank; i++)
    if (scanf("%" SCNd64, &sides[i]) != 1) fail("side");
  char *data = read_file(path, &size);
  TF_Tensor *tensor = TF_AllocateTensor(TF_FLOAT, sides, rank, size);
  memcpy(TF_TensorData(tensor), data, size);
  free(data);
  given[input_count++] = tensor;
}

static void strings(void) {
  char path[4096];
  int64_t count;
  size_t size;
  inputs[input_count] = place();
  if (scanf("%" SCNd64, &count) != 1) fail("count");
  TF_Tensor *tensor =
      TF_AllocateTensor(TF_STRING, &count, 1, count * sizeof(TF_TString));
  TF_TString *elements = TF_TensorData(tensor);
  for (int64_t i = 0; i < count; i++) {
    if (scanf("%4095s", path) != 1) fail("file");
    char *data = read_file(path, &size);
    TF_StringInit(&elements[i]);
    TF_StringCopy(&elements[i], data, size);
    free(data);
  }
  given[input_count++] = tensor;
}

static void print_string(const TF_TString *text) {
  const char *data = TF_StringGetDataPointer(text);
  printf(" x");
  for (size_t i = 0; i < TF_StringGetSize(text); i++)
    printf("%02x", (unsigned char)data[i]);
}

static void print_tensor(TF_Tensor *tensor) {
  int64_t count = 1;
  TF_DataType type = TF_TensorType(tensor);
  void *data = TF_TensorData(tensor);
  int rank = TF_NumDims(tensor);
  printf("%c %d", type == TF_FLOAT ? 'f' : type == TF_INT32 ? 'i' : 's', rank);
  for (int i = 0; i < rank; i++) {
    printf(" %" PRId64, TF_Dim(tensor, i));
    count *= TF_Dim(tensor, i);
  }
  for (int64_t i = 0; i < count; i++) {
    if (type == TF_FLOAT)
      printf(" %.9g", ((float *)data)[i]);
    else if (type == TF_INT32)
      printf(" %" PRId32, ((int32_t *)data)[i]);
    else if (type == TF_STRING)
      print_string((TF_TString *)data + i);
    else
      fail("type of an output");
  }
  printf("\n");
}

static void run(void) {
  TF_SessionRun(session, NULL, inputs, given, input_count, outputs, found,
                output_count, NULL, 0, NULL, status);
  check();
  for (int i = 0; i < output_count; i++) {
    print_tensor(found[i]);
    TF_DeleteTensor(found[i]);
  }
  for (int i = 0; i < input_count; i++) TF_DeleteTensor(given[i]);
  input_count = output_count = 0;
}

int main(void) {
  char word[16];
  status = TF_NewStatus();
  fprintf(stderr, "TensorFlow %s\n", TF_Version());
  while (scanf("%15s", word) == 1) {
    if (!strcmp(word, "load"))
      load();
    else if (!strcmp(word, "floats"))
      floats();
    else if (!strcmp(word, "strings"))
      strings();
    else if (!strcmp(word, "fetch"))
      outputs[output_count++] = place();
    else if (!strcmp(word, "run"))
      run();
    else
      fail(word);
  }
  return 0;
}
