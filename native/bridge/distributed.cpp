// Several processes on libtorch's own c10d: a TCPStore by which they meet, and a process group of Gloo or NCCL over it.
#include <memory>
#include <string>
#include <vector>

#include "bridge.h"

#ifdef DIFFUSHARP_DISTRIBUTED

#include <dlfcn.h>

#include <cstdlib>
#include <mutex>
#include <torch/csrc/autograd/function_hook.h>
#include <torch/csrc/autograd/functions/accumulate_grad.h>
#include <torch/csrc/autograd/variable.h>
#include <torch/csrc/distributed/c10d/PrefixStore.hpp>
#include <torch/csrc/distributed/c10d/ProcessGroupGloo.hpp>
#include <torch/csrc/distributed/c10d/TCPStore.hpp>
#ifdef USE_C10D_NCCL
#include <torch/csrc/distributed/c10d/ProcessGroupNCCL.hpp>
#endif

using namespace diffusharp;

namespace {
// What Gloo and NCCL derive from: the process group itself before libtorch 2.0, its backend since.
#if TORCH_VERSION_MAJOR >= 2
using Backend = c10d::Backend;
#else
using Backend = c10d::ProcessGroup;
#endif
using Work = c10::intrusive_ptr<c10d::Work>;
using Milliseconds = std::chrono::milliseconds;

struct StoreBox {
  c10::intrusive_ptr<c10d::Store> store;
};

struct GroupBox {
  c10::intrusive_ptr<c10d::Store> store;
  c10::intrusive_ptr<Backend> backend;
};

struct WorkBox {
  Work work;
};

// c10d tells the log of what it also throws, and retries; a failure is to be one line, which is the exception's. Builds with glog and
// without have the level in different variables.
class QuietLog {
 public:
  QuietLog() {
    for (const auto* name : {"_ZN3fLI17FLAGS_minloglevelE", "_ZN3c1022FLAGS_caffe2_log_levelE"}) {
      if (auto* level = static_cast<int*>(dlsym(RTLD_DEFAULT, name))) {
        saved_.emplace_back(level, *level);
        *level = kFatal;
      }
    }
  }

  ~QuietLog() {
    for (const auto& [level, value] : saved_) {
      *level = value;
    }
  }

 private:
  static constexpr int kFatal = 3;
  std::vector<std::pair<int*, int>> saved_;
};

std::vector<uint8_t> bytes_of(const void* data, int64_t length) {
  const auto* first = static_cast<const uint8_t*>(data);
  return {first, first + length};
}

void finish(const Work& work) {
  TORCH_CHECK(work->wait(), "the operation was given up");
}

c10::intrusive_ptr<Backend> make_gloo(
    const c10::intrusive_ptr<c10d::Store>& store, int32_t rank, int32_t size, Milliseconds limit, const std::string& interface,
    bool one_machine) {
  auto options = c10d::ProcessGroupGloo::Options::create(limit);
  if (!interface.empty()) {
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForInterface(interface));
  } else if (one_machine) {
    options->devices.push_back(c10d::ProcessGroupGloo::createDeviceForHostname("127.0.0.1"));
  } else {
    options->devices.push_back(c10d::ProcessGroupGloo::createDefaultDevice());
  }
  options->threads = 2;
  return c10::make_intrusive<c10d::ProcessGroupGloo>(store, rank, size, options);
}

c10::intrusive_ptr<Backend> make_nccl(
    const c10::intrusive_ptr<c10d::Store>& store, int32_t rank, int32_t size, Milliseconds limit) {
#ifdef USE_C10D_NCCL
  auto options = c10d::ProcessGroupNCCL::Options::create();
  options->timeout = limit;
  return c10::make_intrusive<c10d::ProcessGroupNCCL>(store, rank, size, options);
#else
  TORCH_CHECK(false, "this build has no NCCL");
#endif
}

// Sums gradients over the ranks, a bucket of parameters at a time, the last ones of the network first because their gradients are
// ready first: while the backward pass still runs, full buckets are under way. (Li et al. 2020, PyTorch Distributed, section 3.2.)
class GradientBuckets : public std::enable_shared_from_this<GradientBuckets> {
 public:
  GradientBuckets(c10::intrusive_ptr<Backend> backend, std::vector<at::Tensor> parameters)
      : backend_(std::move(backend)), parameters_(std::move(parameters)) {}

  ~GradientBuckets() {
    for (size_t i = 0; i < nodes_.size(); ++i) {
      nodes_[i]->del_post_hook(hooks_[i]);
    }
  }

  void build(int64_t first_bytes, int64_t bytes) {
    int64_t room = 0;
    for (auto i = parameters_.size(); i-- > 0;) {
      const auto& parameter = parameters_[i];
      const auto size = static_cast<int64_t>(parameter.nbytes());
      const auto other = buckets_.empty() || parameters_[buckets_.back().members.front()].dtype() != parameter.dtype();
      if (other || room < size) {
        room = buckets_.empty() ? first_bytes : bytes;
        buckets_.emplace_back();
      }
      room -= size;
      buckets_.back().members.push_back(i);
    }
    bucket_of_.resize(parameters_.size());
    for (size_t b = 0; b < buckets_.size(); ++b) {
      int64_t count = 0;
      for (const auto i : buckets_[b].members) {
        bucket_of_[i] = b;
        count += parameters_[i].numel();
      }
      buckets_[b].flat = at::empty({count}, parameters_[buckets_[b].members.front()].options().requires_grad(false));
    }
    for (size_t i = 0; i < parameters_.size(); ++i) {
      auto node = torch::autograd::impl::grad_accumulator(parameters_[i]);
      hooks_.push_back(node->add_post_hook(std::make_unique<Hook>(weak_from_this(), i)));
      nodes_.push_back(std::move(node));
    }
  }

  // From here on, gradients that become ready are reduced.
  void arm() {
    const std::lock_guard<std::mutex> guard(mutex_);
    for (auto& bucket : buckets_) {
      bucket.missing = bucket.members.size();
      bucket.work.reset();
    }
    next_ = 0;
    armed_ = true;
  }

  // Waits until all gradients are sums over the ranks.
  void finish_all() {
    {
      const std::lock_guard<std::mutex> guard(mutex_);
      TORCH_CHECK(armed_, "the buckets were not armed");
      armed_ = false;
      for (auto& bucket : buckets_) {
        bucket.missing = 0;
      }
      launch_ready();
    }
    const at::NoGradGuard no_grad;
    for (auto& bucket : buckets_) {
      finish(bucket.work);
      each(bucket, [](at::Tensor part, at::Tensor& gradient) { gradient.copy_(part); });
    }
  }

  int64_t count() const { return static_cast<int64_t>(buckets_.size()); }

 private:
  struct Bucket {
    std::vector<size_t> members;
    at::Tensor flat;
    size_t missing = 0;
    Work work;
  };

  struct Hook : public torch::autograd::FunctionPostHook {
    Hook(std::weak_ptr<GradientBuckets> owner, size_t index) : owner_(std::move(owner)), index_(index) {}

    torch::autograd::variable_list operator()(
        const torch::autograd::variable_list& outputs, const torch::autograd::variable_list&) override {
      if (auto owner = owner_.lock()) {
        owner->ready(index_);
      }
      return outputs;
    }

    std::weak_ptr<GradientBuckets> owner_;
    size_t index_;
  };

  void ready(size_t index) {
    const std::lock_guard<std::mutex> guard(mutex_);
    auto& bucket = buckets_[bucket_of_[index]];
    if (armed_ && bucket.missing > 0 && --bucket.missing == 0) {
      launch_ready();
    }
  }

  // All ranks begin the buckets in the same order, whatever becomes ready first.
  void launch_ready() {
    const at::NoGradGuard no_grad;
    for (; next_ < buckets_.size() && buckets_[next_].missing == 0; ++next_) {
      auto& bucket = buckets_[next_];
      each(bucket, [](at::Tensor part, at::Tensor& gradient) { part.copy_(gradient); });
      std::vector<at::Tensor> tensors{bucket.flat};
      bucket.work = backend_->allreduce(tensors);
    }
  }

  template <typename Action>
  void each(Bucket& bucket, Action&& action) {
    int64_t at = 0;
    for (const auto i : bucket.members) {
      auto& gradient = parameters_[i].mutable_grad();
      if (!gradient.defined()) {
        gradient = at::zeros_like(parameters_[i]);
      }
      action(bucket.flat.narrow(0, at, gradient.numel()).view(gradient.sizes()), gradient);
      at += gradient.numel();
    }
  }

  c10::intrusive_ptr<Backend> backend_;
  std::vector<at::Tensor> parameters_;
  std::vector<Bucket> buckets_;
  std::vector<size_t> bucket_of_;
  std::vector<std::shared_ptr<torch::autograd::Node>> nodes_;
  std::vector<uintptr_t> hooks_;
  std::mutex mutex_;
  size_t next_ = 0;
  bool armed_ = false;
};

struct BucketsBox {
  std::shared_ptr<GradientBuckets> buckets;
};
}  // namespace

// The backends of this build, with commas.
DS_EXPORT const char* ds_distributed_backends() {
#ifdef USE_C10D_NCCL
  return "gloo,nccl";
#else
  return "gloo";
#endif
}

// Meets the others at a store, which the server holds; `prefix` sets its keys apart from those of others.
DS_EXPORT int32_t ds_store_new(
    const char* host, int32_t port, int32_t server, int64_t limit, const char* prefix, StoreBox** result) {
  return guarded([&] {
    const QuietLog quiet;
    c10d::TCPStoreOptions options;
    options.port = static_cast<uint16_t>(port);
    options.isServer = server != 0;
    options.waitWorkers = false;
    options.timeout = Milliseconds(limit);
    c10::intrusive_ptr<c10d::Store> store = c10::make_intrusive<c10d::TCPStore>(std::string(host), options);
    store->setTimeout(Milliseconds(limit));
    if (prefix[0] != '\0') {
      store = c10::make_intrusive<c10d::PrefixStore>(prefix, store);
    }
    *result = new StoreBox{std::move(store)};
  });
}

DS_EXPORT void ds_store_release(StoreBox* box) { delete box; }

DS_EXPORT int32_t ds_store_set(StoreBox* box, const char* key, const void* data, int64_t length) {
  return guarded([&] { box->store->set(key, bytes_of(data, length)); });
}

// Waits until the key is there; the caller frees the bytes with ds_free.
DS_EXPORT int32_t ds_store_get(StoreBox* box, const char* key, int64_t limit, void** data, int64_t* length) {
  return guarded([&] {
    const QuietLog quiet;
    box->store->wait({key}, Milliseconds(limit));
    const auto value = box->store->get(key);
    *data = std::malloc(value.size() + 1);
    std::copy(value.begin(), value.end(), static_cast<uint8_t*>(*data));
    *length = static_cast<int64_t>(value.size());
  });
}

DS_EXPORT int32_t ds_store_add(StoreBox* box, const char* key, int64_t amount, int64_t* value) {
  return guarded([&] { *value = box->store->add(key, amount); });
}

DS_EXPORT int32_t ds_store_has(StoreBox* box, const char* key, int32_t* there) {
  return guarded([&] { *there = box->store->check({key}); });
}

DS_EXPORT int32_t ds_group_new(
    StoreBox* box, const char* backend, int32_t rank, int32_t size, int64_t limit, const char* interface, int32_t one_machine,
    GroupBox** result) {
  return guarded([&] {
    const QuietLog quiet;
    c10::intrusive_ptr<c10d::Store> store = c10::make_intrusive<c10d::PrefixStore>(backend, box->store);
    auto made = std::string(backend) == "nccl"
        ? make_nccl(store, rank, size, Milliseconds(limit))
        : make_gloo(store, rank, size, Milliseconds(limit), interface, one_machine != 0);
    *result = new GroupBox{std::move(store), std::move(made)};
  });
}

DS_EXPORT void ds_group_release(GroupBox* box) { delete box; }

DS_EXPORT int32_t ds_group_broadcast(GroupBox* box, TensorHandle tensor, int32_t root) {
  return guarded([&] {
    c10d::BroadcastOptions options;
    options.rootRank = root;
    std::vector<at::Tensor> tensors{borrow(tensor)};
    finish(box->backend->broadcast(tensors, options));
  });
}

// Begins a reduction in place: 0 sums, 1 takes the largest.
DS_EXPORT int32_t ds_group_all_reduce(GroupBox* box, TensorHandle tensor, int32_t operation, WorkBox** result) {
  return guarded([&] {
    c10d::AllreduceOptions options;
    options.reduceOp = operation == 0 ? c10d::ReduceOp::SUM : c10d::ReduceOp::MAX;
    std::vector<at::Tensor> tensors{borrow(tensor)};
    *result = new WorkBox{box->backend->allreduce(tensors, options)};
  });
}

DS_EXPORT int32_t ds_work_wait(WorkBox* box) {
  return guarded([&] { finish(box->work); });
}

DS_EXPORT void ds_work_release(WorkBox* box) { delete box; }

// The tensors of all ranks, equal in shape, stacked along a new first dimension.
DS_EXPORT int32_t ds_group_all_gather(GroupBox* box, TensorHandle tensor, TensorHandle* result) {
  return guarded([&] {
    std::vector<at::Tensor> inputs{borrow(tensor).contiguous()};
    auto sizes = inputs[0].sizes().vec();
    sizes.insert(sizes.begin(), box->backend->getSize());
    auto all = at::empty(sizes, inputs[0].options());
    std::vector<std::vector<at::Tensor>> outputs{all.unbind(0)};
    finish(box->backend->allgather(outputs, inputs));
    *result = release(all);
  });
}

// The same on one rank; null on the others.
DS_EXPORT int32_t ds_group_gather(GroupBox* box, TensorHandle tensor, int32_t root, TensorHandle* result) {
  return guarded([&] {
    c10d::GatherOptions options;
    options.rootRank = root;
    std::vector<at::Tensor> inputs{borrow(tensor).contiguous()};
    std::vector<std::vector<at::Tensor>> outputs;
    at::Tensor all;
    if (box->backend->getRank() == root) {
      auto sizes = inputs[0].sizes().vec();
      sizes.insert(sizes.begin(), box->backend->getSize());
      all = at::empty(sizes, inputs[0].options());
      outputs.push_back(all.unbind(0));
    }
    finish(box->backend->gather(outputs, inputs, options));
    *result = release(all);
  });
}

DS_EXPORT int32_t ds_group_barrier(GroupBox* box) {
  return guarded([&] { finish(box->backend->barrier()); });
}

DS_EXPORT int32_t ds_buckets_new(
    GroupBox* box, const TensorHandle* parameters, int32_t count, int64_t first_bytes, int64_t bytes, BucketsBox** result) {
  return guarded([&] {
    std::vector<at::Tensor> tensors;
    for (int32_t i = 0; i < count; ++i) {
      tensors.push_back(borrow(parameters[i]));
    }
    auto buckets = std::make_shared<GradientBuckets>(box->backend, std::move(tensors));
    buckets->build(first_bytes, bytes);
    *result = new BucketsBox{std::move(buckets)};
  });
}

DS_EXPORT void ds_buckets_release(BucketsBox* box) { delete box; }

DS_EXPORT int64_t ds_buckets_count(BucketsBox* box) { return box->buckets->count(); }

DS_EXPORT int32_t ds_buckets_arm(BucketsBox* box) {
  return guarded([&] { box->buckets->arm(); });
}

DS_EXPORT int32_t ds_buckets_finish(BucketsBox* box) {
  return guarded([&] { box->buckets->finish_all(); });
}

#else

// Without Gloo's headers nothing else of this file is called.
DS_EXPORT const char* ds_distributed_backends() { return ""; }

#endif
