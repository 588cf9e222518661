# What real programs do in two directories. It prints the same wherever these are.
A=$1 B=$2
export GIT_AUTHOR_DATE='2001-02-03T04:05:06Z' GIT_COMMITTER_DATE='2001-02-03T04:05:06Z' TZ=UTC
umask 022

echo == git
mkdir $A/repository; cd $A/repository
git init -q .
for i in 1 2 3 4 5; do mkdir d$i; seq $((i * 100)) >d$i/file; ln -s ../d1/file d$i/link; git add .; git commit -q -m "commit $i"; done
git gc -q
git mv d1/file d1/moved; git commit -q -a -m moved
git clone -q $A/repository $B/clone
cd $B/clone
echo more >>d2/file; git commit -q -a -m more; git push -q origin HEAD:side
cd $A/repository
git merge -q side; git log --oneline --stat; git fsck --strict; git status --porcelain
git worktree add -q $B/tree HEAD~1; cat $B/tree/d2/file | wc -l; git worktree remove $B/tree

echo == sqlite3
for mode in delete wal; do
	cd $B
	sqlite3 $mode.db "pragma journal_mode=$mode; create table t(n integer primary key, s text);"
	for j in 1 2 3; do
		(for i in 1 2 3 4 5 6 7 8 9 10; do sqlite3 -cmd '.timeout 20000' $mode.db "begin immediate; insert into t(s) select hex($j * 100 + $i); commit;"; done) &
	done
	wait
	sqlite3 $mode.db "select count(*), sum(length(s)) from t; begin; delete from t where n % 2; rollback; select count(*) from t; vacuum; pragma integrity_check;"
	cp $mode.db $A/$mode.copy
	sqlite3 $A/$mode.copy "attach '$B/$mode.db' as other; select count(*) from main.t join other.t using (n, s);"
done

echo == rsync
rsync -aH --delete $A/repository/ $B/mirror/
ln $B/mirror/d3/file $B/mirror/d3/hard
rsync -aHc --delete $B/mirror/ $A/back/
rsync -aHn --itemize-changes $B/mirror/ $A/back/
test $(stat -c %h $A/back/d3/hard) = 2
diff -r --no-dereference $B/mirror $A/back

echo == tar
tar -C $A -cf $B/all.tar --sort=name --mtime=@0 --numeric-owner --owner=0 --group=0 back
tar -tf $B/all.tar | grep -v '\.git/' | sort
mkdir $B/out; tar -C $B/out -xpf $B/all.tar; diff -r --no-dereference $A/back $B/out/back
tar -C $A --listed-incremental=$B/snar -cf $B/0.tar back 2>/dev/null
echo new >$A/back/new
tar -C $A --listed-incremental=$B/snar -cf - back 2>/dev/null | tar -tf - | grep -v '/$'

echo == make
mkdir $A/project; cd $A/project
for i in 1 2 3 4 5; do echo "int f$i(void) { return $i; }" >f$i.c; done
cat >main.c <<'END'
#include <stdio.h>
int f1(void), f2(void), f3(void), f4(void), f5(void);
int main(void) { printf("%d\n", f1() + f2() + f3() + f4() + f5()); return 0; }
END
cat >Makefile <<'END'
program: main.o f1.o f2.o f3.o f4.o f5.o
	@gcc -o $@ $^
%.o: %.c
	@gcc -c -o $@ $<
END
make -s -j3; ./program; make -s -q && echo up to date; touch f3.c; make -n | sort
gcc -static -o $B/static main.c f?.c && $B/static
if gcc -m32 -o $B/small main.c f?.c 2>/dev/null; then $B/small; else echo 15; fi
cp program $B/; cd $B; ./program; PATH=$B:$PATH program

echo == vim
printf 'one\ntwo\nthree\n' >$A/text
vim -es -u NONE -i NONE -c 'set nobackup' -c '%s/t/T/g' -c 'wq' $A/text || true
cat $A/text; ls -A $A | grep -c '\.sw' || true

echo == python3
python3 -m venv --without-pip --symlinks $A/venv
mkdir -p $B/lib/package; echo 'value = 42' >$B/lib/package/__init__.py
PYTHONPATH=$B/lib $A/venv/bin/python -c 'import package, sys; print(package.value, sys.prefix == sys.argv[1])' $A/venv
ls $B/lib/package/__pycache__ | wc -l
python3 - $A $B <<'END'
import os, shutil, sys, tempfile, mmap
a, b = sys.argv[1:]
with tempfile.NamedTemporaryFile(dir=b) as f:
    f.truncate(1 << 20)
    m = mmap.mmap(f.fileno(), 0)
    m[1000:1005] = b'hello'
    m.flush()
    print(open(f.name, 'rb').read()[1000:1005])
shutil.move(a + '/text', b + '/text')
print(sorted(os.listdir(a)), sorted(n for n in os.listdir(b) if not n.startswith('.')))
print(sum(len(files) for _, _, files in os.walk(b + '/mirror') if '.git' not in _))
END
