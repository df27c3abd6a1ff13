# formula.rb FORMULA DIST ARCHIVE: evaluates a Homebrew formula as brew would,
# for each system and processor, and holds it to the files of the release.
require "digest"

formula, dist, archive = ARGV
abort "usage" unless archive

# What a formula may call, as far as ours does.
class Formula
  class << self
    attr_accessor :system, :processor, :said

    %i[desc homepage version license url sha256].each do |word|
      define_method(word) { |value = nil| value.nil? ? said[word] : said[word] = value }
    end

    def on_macos = (yield if system == "macos")
    def on_linux = (yield if system == "linux")
    def on_intel = (yield if processor == "amd64")
    def on_arm = (yield if processor == "arm64")
    def test; end
  end
  attr_reader :installed

  def method_missing(folder, *)
    @installed ||= []
    into = Object.new
    installed = @installed
    into.define_singleton_method(:install) do |*files|
      files.each { |f| installed.concat(f.is_a?(Hash) ? f.keys : [f]) }
    end
    into
  end

  def respond_to_missing?(*) = true
end

%w[macos linux].product(%w[amd64 arm64]) do |system, processor|
  Formula.system, Formula.processor, Formula.said = system, processor, {}
  Object.send(:remove_const, :Djleaks) if defined?(Djleaks)
  Djleaks = Class.new(Formula)
  [:system, :processor, :said].each { |n| Djleaks.send("#{n}=", Formula.send(n)) }
  load formula
  said = Djleaks.said
  name = "djleaks_#{said[:version]}_#{system == "macos" ? "darwin" : system}_#{processor}.tar.gz"
  address = "https://github.com/djleaks/djleaks/releases/download/v#{said[:version]}/#{name}"
  abort "#{system} #{processor}: #{said[:url]}, want #{address}" unless said[:url] == address
  abort "#{name}: wrong sum" unless said[:sha256] == Digest::SHA256.file(File.join(dist, name)).hexdigest
  abort "#{said}" unless said[:license] == "MIT" && said[:desc].length < 80
end

made = Djleaks.new
made.install
abort "installs #{made.installed}" unless made.installed.length >= 6
missing = made.installed.reject { |f| File.exist?(File.join(archive, f)) }
abort "the archive has no #{missing}" unless missing.empty?
