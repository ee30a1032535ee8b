// Boxed calls of dispatcher operators: one entry point gives every ATen operator, with autograd.
#include <ATen/core/dispatch/Dispatcher.h>
#include <ATen/core/stack.h>

#include <cstdlib>

#include "bridge.h"

using namespace diffusharp;

namespace {

// c10::optional up to libtorch 2.3, std::optional after it.
using OptionalTensor = decltype(std::declval<c10::IValue>().toOptional<at::Tensor>());

c10::IValue tensor_list(const Value& value, const c10::Type& type) {
  const auto* handles = static_cast<TensorHandle*>(value.pointer);
  const auto* list = type.castRaw<c10::ListType>();
  if (list != nullptr && list->getElementType()->kind() == c10::TypeKind::OptionalType) {
    c10::List<OptionalTensor> tensors;
    tensors.reserve(value.length);
    for (int32_t i = 0; i < value.length; ++i) {
      tensors.push_back(handles[i] ? OptionalTensor(borrow(handles[i])) : OptionalTensor());
    }
    return tensors;
  }
  c10::List<at::Tensor> tensors;
  tensors.reserve(value.length);
  for (int32_t i = 0; i < value.length; ++i) {
    tensors.push_back(borrow(handles[i]));
  }
  return tensors;
}

const c10::Type& without_optional(const c10::Type& type) {
  const auto* optional = type.castRaw<c10::OptionalType>();
  return optional != nullptr ? *optional->getElementType() : type;
}

c10::IValue to_ivalue(const Value& value, const c10::Argument& argument) {
  const auto& type = without_optional(*argument.type());
  switch (value.tag) {
    case Tag::None:
      return {};
    case Tag::Tensor:
      return borrow(static_cast<TensorHandle>(value.pointer));
    case Tag::Int:
      if (type.kind() == c10::TypeKind::FloatType) {
        return static_cast<double>(value.integer);
      }
      return value.integer;
    case Tag::Double:
      return value.real;
    case Tag::Bool:
      return value.integer != 0;
    case Tag::IntList:
      return c10::List<int64_t>(c10::IntArrayRef(static_cast<int64_t*>(value.pointer), value.length));
    case Tag::DoubleList:
      return c10::List<double>(c10::ArrayRef<double>(static_cast<double*>(value.pointer), value.length));
    case Tag::TensorList:
      return tensor_list(value, type);
    case Tag::String:
      return std::string(static_cast<const char*>(value.pointer), value.length);
    case Tag::Device:
      return unpack_device(value.integer);
    case Tag::Generator:
      return at::Generator(
          c10::intrusive_ptr<c10::GeneratorImpl>::reclaim_copy(static_cast<c10::GeneratorImpl*>(value.pointer)));
    case Tag::Default:
      TORCH_CHECK(argument.default_value().has_value(), "argument '", argument.name(), "' has no default");
      return *argument.default_value();
  }
  TORCH_CHECK(false, "unknown value tag");
}

Value tensor_list_result(const std::vector<at::Tensor>& tensors) {
  auto* handles = static_cast<TensorHandle*>(std::malloc(sizeof(TensorHandle) * (tensors.size() + 1)));
  for (size_t i = 0; i < tensors.size(); ++i) {
    handles[i] = release(tensors[i]);
  }
  Value value{Tag::TensorList, static_cast<int32_t>(tensors.size()), {}};
  value.pointer = handles;
  return value;
}

Value to_value(c10::IValue&& result) {
  Value value{Tag::None, 0, {}};
  if (result.isTensor()) {
    value.tag = Tag::Tensor;
    value.pointer = release(std::move(result).toTensor());
  } else if (result.isTensorList()) {
    return tensor_list_result(result.toTensorVector());
  } else if (result.isInt()) {
    value.tag = Tag::Int;
    value.integer = result.toInt();
  } else if (result.isDouble()) {
    value.tag = Tag::Double;
    value.real = result.toDouble();
  } else if (result.isBool()) {
    value.tag = Tag::Bool;
    value.integer = result.toBool();
  } else {
    TORCH_CHECK(result.isNone(), "unsupported result type ", result.tagKind());
  }
  return value;
}

}  // namespace

// Finds an operator such as ("aten::add", "Tensor"); the handle lives as long as the process.
DS_EXPORT int32_t ds_operator_find(const char* name, const char* overload, void** handle) {
  return guarded([&] {
    auto found = c10::Dispatcher::singleton().findSchema({name, overload});
    TORCH_CHECK(found.has_value(), "no operator ", name, ".", overload, " in this libtorch");
    *handle = new c10::OperatorHandle(*found);
  });
}

// Calls an operator. Missing trailing arguments take the schema's defaults; results are owned by the caller.
DS_EXPORT int32_t ds_operator_call(
    void* handle, const Value* arguments, int32_t count, Value* results, int32_t capacity, int32_t* returned) {
  return guarded([&] {
    const auto& op = *static_cast<c10::OperatorHandle*>(handle);
    const auto& schema = op.schema().arguments();
    TORCH_CHECK(static_cast<size_t>(count) <= schema.size(), "too many arguments: ", count, " for ", op.schema());
    torch::jit::Stack stack;
    stack.reserve(schema.size());
    for (size_t i = 0; i < schema.size(); ++i) {
      stack.push_back(
          to_ivalue(i < static_cast<size_t>(count) ? arguments[i] : Value{Tag::Default, 0, {}}, schema[i]));
    }
    op.callBoxed(&stack);
    TORCH_CHECK(stack.size() <= static_cast<size_t>(capacity), "too many results: ", stack.size());
    *returned = static_cast<int32_t>(stack.size());
    for (size_t i = 0; i < stack.size(); ++i) {
      results[i] = to_value(std::move(stack[i]));
    }
  });
}

DS_EXPORT void ds_free(void* memory) { std::free(memory); }
