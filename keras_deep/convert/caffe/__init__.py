"""Reading Caffe files, and building Keras models of their graphs."""
